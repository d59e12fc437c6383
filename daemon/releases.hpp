// Changes that one event brought about and that become one revision together: the files behind a
// swapped link, those of a directory that was moved, or of a swapped root. Pure.
//
// A release is open until everything that belongs to it has been looked at; what its looks find is
// held back by the publisher so long. It ends at `patience` in any case: what is not there by
// then follows later. The daemon's thread; time is passed in.
#pragma once

#include "daemon/work_list.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace treecast::daemon {

class Releases {
public:
    static constexpr std::chrono::seconds patience{10};

    /// `paths` came to name something else as a whole; may be empty, if works are made members by
    /// themselves (WorkList::join).
    ReleaseId open(const std::vector<std::string>& paths, Clock::time_point now);
    bool any() const noexcept { return !open_.empty(); }
    /// The release in which `path`, or a directory above it, was exchanged.
    ReleaseId find(std::string_view path) const;

    /// Closes those without members, unless more may be on its way because directories are still
    /// being read, and those whose patience is over.
    std::vector<ReleaseId>
    take_complete(const WorkList& works, bool scanning, Clock::time_point now);
    /// When the next one's patience is over.
    std::optional<Clock::time_point> earliest_end() const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Release {
        ReleaseId id = no_release;
        std::unordered_set<std::string, Hash, std::equal_to<>> paths;
        Clock::time_point end;
    };
    std::vector<Release> open_;  // in the order of their ends
    ReleaseId last_id_ = no_release;
};

}  // namespace treecast::daemon
