#include "watcher/hiding.hpp"

#include "base/tree_path.hpp"

#include <utility>

namespace treecast::watcher {

namespace {

std::string one_text(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text.append(line).push_back('\n');
    return text;
}

}  // namespace

Hiding::Hiding(bool hidden, const std::vector<std::string>& ignore)
    : hidden_(hidden), options_(IgnoreRules::parse(one_text(ignore))) {}

bool Hiding::set_rules(const std::string& directory, IgnoreRules rules) {
    if (rules.empty())
        return rules_.erase(directory) != 0;
    rules_.insert_or_assign(directory, std::move(rules));
    return true;
}

void Hiding::forget(const std::string& directory) {
    if (rules_.empty())
        return;
    rules_.erase(directory);
    auto below = rules_.lower_bound(directory + '/');
    while (below != rules_.end() && lies_below(below->first, directory))
        below = rules_.erase(below);
}

bool Hiding::Scope::shows(std::string_view name, bool is_directory) const {
    if ((!hidden_ && name.starts_with('.')) || !is_valid_name(name))
        return false;
    for (const Applicable& applicable : rules_) {
        if (const auto ignored =
                applicable.rules->ignores(applicable.directory, name, is_directory))
            return !*ignored;
    }
    return true;
}

Hiding::Scope Hiding::scope(std::string_view directory) const {
    Scope scope;
    scope.hidden_ = hidden_;
    if (!options_.empty())
        scope.rules_.push_back({.rules = &options_, .directory = std::string(directory)});
    if (rules_.empty())
        return scope;
    // The files are taken from the nearest .treecastignore up to the root's.
    for (std::string_view at = directory;; at = parent_of(at)) {
        if (const auto found = rules_.find(at); found != rules_.end()) {
            const std::size_t skip = at.empty() || at == directory ? at.size() : at.size() + 1;
            scope.rules_.push_back(
                {.rules = &found->second, .directory = std::string(directory.substr(skip))}
            );
        }
        if (at.empty())
            return scope;
    }
}

bool Hiding::shows_path(std::string_view path) const {
    for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
        const bool is_directory = slash != path.npos;
        const std::string_view upto = path.substr(0, slash);
        if (!hidden_ && name_of(upto).starts_with('.'))
            return false;
        if ((!options_.empty() || !rules_.empty()) &&
            !scope(parent_of(upto)).shows(name_of(upto), is_directory))
            return false;
        if (!is_directory)
            return true;
    }
}

}  // namespace treecast::watcher
