#include "watcher/link_walk.hpp"

#include "base/tree_path.hpp"

#include <treecast/limits.hpp>

#include <utility>

namespace treecast::watcher {

LinkWalk::LinkWalk(std::string_view directory, std::string_view path) : directory_(directory) {
    push_components(path);
    path_left_ = remaining_.size();
    advance();
}

void LinkWalk::found_nothing() {
    outcome_ = Outcome::missing;
}

void LinkWalk::found_file() {
    outcome_ = remaining_.empty() ? Outcome::file : Outcome::not_a_directory;
}

void LinkWalk::found_directory() {
    directory_ = join(directory_, name_);
    advance();
}

void LinkWalk::found_link(std::string_view target) {
    if (++links_ > links_max) {
        outcome_ = Outcome::too_many_links;
        return;
    }
    if (target.empty()) {
        outcome_ = Outcome::missing;
        return;
    }
    push_components(target);
    advance();
}

std::string LinkWalk::resolved_path() const {
    return outcome_ == Outcome::directory ? directory_ : join(directory_, name_);
}

/// Puts the components of `path` before the remaining ones. A slash at the end becomes ".", so that
/// the component before it must be a directory.
void LinkWalk::push_components(std::string_view path) {
    if (path.starts_with('/'))
        directory_.clear();
    if (path.size() >= path_bytes_max) {
        outcome_ = Outcome::too_long;
        return;
    }
    if (path.ends_with('/'))
        remaining_.emplace_back(".");
    while (!path.empty()) {  // from the end, since the next component is the last element
        const auto slash = path.rfind('/');
        const std::size_t begin = slash == path.npos ? 0 : slash + 1;
        if (begin < path.size())
            remaining_.emplace_back(path.substr(begin));
        path = path.substr(0, slash == path.npos ? 0 : slash);
    }
}

void LinkWalk::advance() {
    if (outcome_)
        return;
    while (!remaining_.empty()) {
        name_ = std::move(remaining_.back());
        remaining_.pop_back();
        if (remaining_.size() < path_left_) {
            path_left_ = remaining_.size();
            links_ = 0;
        }
        if (name_ == ".")
            continue;
        if (name_ != "..") {
            if (directory_.size() + 1 + name_.size() >= path_bytes_max)
                outcome_ = Outcome::too_long;
            return;
        }
        if (directory_.empty()) {
            outcome_ = Outcome::outside_root;
            return;
        }
        directory_ = std::string(parent_of(directory_));
    }
    outcome_ = Outcome::directory;
}

}  // namespace treecast::watcher
