#include "watcher/change_set.hpp"

#include <utility>

#include <sys/inotify.h>

namespace treecast::watcher {

Signs signs_of(std::uint32_t mask) noexcept {
    return {
        .arrived = (mask & IN_MOVED_TO) != 0,
        .created = (mask & IN_CREATE) != 0,
        .modified = (mask & IN_MODIFY) != 0,
        .closed = (mask & IN_CLOSE_WRITE) != 0,
        .attributes = (mask & IN_ATTRIB) != 0,
        .gone = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0,
    };
}

Signs followed_by(Signs left, const Signs& right) noexcept {
    if (right.arrived)  // another file has the name now: the signs of the old one do not apply
        left.created = left.modified = left.closed = left.reopened = false;
    if (right.modified && !right.closed) {  // a writer may have it open again
        left.reopened |= left.closed;
        left.closed = false;
    }
    left.arrived |= right.arrived;
    left.created |= right.created;
    left.modified |= right.modified;
    left.closed |= right.closed;
    left.reopened |= right.reopened;
    left.attributes |= right.attributes;
    left.gone |= right.gone;
    return left;
}

Signs shared_by_names(const Signs& signs) noexcept {
    return {
        .modified = signs.modified,
        .closed = signs.closed,
        .attributes = signs.attributes,
    };
}

void ChangeSet::add(std::string path, const Signs& signs, const OpenersChange& openers) {
    const auto follow = [&](Change& change) {
        change.signs = followed_by(change.signs, signs);
        change.openers = change.openers.followed_by(openers);
    };
    // Writers write in many small pieces, so most events have the path of the event before.
    if (!changes_.empty() && changes_.back().path == path) {
        follow(changes_.back());
        return;
    }
    const auto [place, is_new] = places_.try_emplace(path, changes_.size());
    if (is_new)
        changes_.push_back({.path = std::move(path), .signs = signs, .openers = openers});
    else
        follow(changes_[place->second]);
}

std::vector<Change> ChangeSet::take() {
    places_.clear();
    return std::exchange(changes_, {});
}

}  // namespace treecast::watcher
