#include "watcher/ignore_rules.hpp"

#include "base/tree_path.hpp"

#include <span>
#include <utility>

namespace treecast::watcher {

namespace {

/// Matches `c` against the set that begins with '[' at `pattern[at]`, and moves `at` behind its
/// ']'. Returns nullopt if there is no ']': the bracket is then an ordinary character.
std::optional<bool> matches_set(std::string_view pattern, std::size_t& at, char c) noexcept {
    std::size_t i = at + 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    if (negated)
        ++i;
    const auto byte = static_cast<unsigned char>(c);
    bool found = false;
    for (bool first = true; i < pattern.size(); first = false) {
        if (pattern[i] == ']' && !first) {
            at = i + 1;
            return found != negated;
        }
        const auto read_byte = [&]() {
            if (pattern[i] == '\\' && i + 1 < pattern.size())
                ++i;
            return static_cast<unsigned char>(pattern[i++]);
        };
        const unsigned char low = read_byte();
        unsigned char high = low;
        if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
            ++i;
            high = read_byte();
        }
        found = found || (byte >= low && byte <= high);
    }
    return std::nullopt;
}

/// Matches `c` against the pattern's element at `at`, which is not '*', and moves `at` behind it.
bool matches_one(std::string_view pattern, std::size_t& at, char c) noexcept {
    if (pattern[at] == '?') {
        ++at;
        return true;
    }
    if (pattern[at] == '[') {
        if (const auto in_set = matches_set(pattern, at, c))
            return *in_set;
    } else if (pattern[at] == '\\' && at + 1 < pattern.size()) {
        ++at;
    }
    return pattern[at++] == c;
}

/// Matches component by component; `**` matches any number of components.
bool matches_path(std::span<const std::string> pattern, std::string_view path) {
    if (pattern.empty())
        return path.empty();
    if (pattern.front() == "**") {
        // A `**` at the end matches only what lies inside: at least one component.
        if (pattern.size() == 1)
            return !path.empty();
        while (true) {
            if (matches_path(pattern.subspan(1), path))
                return true;
            const auto slash = path.find('/');
            if (slash == path.npos)
                return false;
            path.remove_prefix(slash + 1);
        }
    }
    const auto slash = path.find('/');
    if (path.empty() || !matches_name(pattern.front(), path.substr(0, slash)))
        return false;
    return matches_path(
        pattern.subspan(1),
        slash == path.npos ? std::string_view() : path.substr(slash + 1)
    );
}

/// Removes a carriage return and the blanks at the end, up to an escaped blank.
std::string_view without_blanks_at_end(std::string_view line) noexcept {
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    while (line.ends_with(' ') && !line.ends_with("\\ "))
        line.remove_suffix(1);
    return line;
}

}  // namespace

bool matches_name(std::string_view pattern, std::string_view name) noexcept {
    std::size_t at = 0;
    std::size_t in_name = 0;
    std::size_t star = pattern.npos;  // the index behind the last '*'
    std::size_t star_name = 0;        // the end of what that '*' matches so far
    while (in_name < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = ++at;
            star_name = in_name;
            continue;
        }
        if (at < pattern.size() && matches_one(pattern, at, name[in_name])) {
            ++in_name;
            continue;
        }
        if (star == pattern.npos)
            return false;
        at = star;
        in_name = ++star_name;
    }
    while (at < pattern.size() && pattern[at] == '*')
        ++at;
    return at == pattern.size();
}

IgnoreRules IgnoreRules::parse(std::string_view text) {
    IgnoreRules rules;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (auto rule = parse_line(text.substr(0, end)))
            rules.rules_.push_back(std::move(*rule));
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
    }
    return rules;
}

std::optional<IgnoreRules::Rule> IgnoreRules::parse_line(std::string_view line) {
    Rule rule;
    line = without_blanks_at_end(line);
    if (line.starts_with('#'))
        return std::nullopt;
    if (line.starts_with('!')) {
        rule.shows_again = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        rule.directories_only = true;
        line.remove_suffix(1);
    }
    rule.anchored = line.find('/') != line.npos;
    while (!line.empty()) {
        const auto slash = line.find('/');
        if (slash != 0)
            rule.components.emplace_back(line.substr(0, slash));
        line = slash == line.npos ? std::string_view() : line.substr(slash + 1);
    }
    if (rule.components.empty())
        return std::nullopt;
    return rule;
}

std::optional<bool>
IgnoreRules::ignores(std::string_view directory, std::string_view name, bool is_directory) const {
    std::string path;
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
        if (rule->directories_only && !is_directory)
            continue;
        if (rule->anchored && path.empty())
            path = join(directory, name);
        if (rule->anchored ? matches_path(rule->components, path)
                           : matches_name(rule->components.front(), name))
            return !rule->shows_again;
    }
    return std::nullopt;
}

}  // namespace treecast::watcher
