// Changes that one event brought about and that become one revision together: the files behind a
// swapped link, those of a directory that was moved, or of a swapped root. Pure.
//
// A group is open until every path that belongs to it has been looked at; what the looks find is
// held back here so long. It ends at `patience` in any case: what is not there by then follows
// later. The daemon's thread; time is passed in.
#pragma once

#include "daemon/back_off.hpp"
#include "daemon/finding_set.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace treecast::daemon {

/// Names a group; never given twice.
using GroupId = std::uint64_t;
inline constexpr GroupId no_group = 0;

/// That a path belongs to a group, which waits for it until this ends.
class GroupMembership {
public:
    GroupId group() const noexcept { return token_ ? *token_ : no_group; }
    void end() noexcept { token_.reset(); }

private:
    friend class PublicationGroups;
    std::shared_ptr<const GroupId> token_;  // counted: a group knows how many there are
};

class PublicationGroups {
public:
    static constexpr std::chrono::seconds patience{10};
    // What a group may hold back in loaded content: each has a descriptor and takes shared memory
    // beside the version that it supersedes. Beyond that it is published in parts.
    static constexpr std::size_t segments_max = 512;
    static constexpr std::uint64_t segment_bytes_max = std::uint64_t{64} << 20;

    /// `paths` came to name something else as a whole; may be empty, if paths join by themselves.
    GroupId open(const std::vector<std::string>& paths, Clock::time_point now);
    bool any() const noexcept { return !open_.empty(); }
    /// The group in which `path`, or a directory above it, was exchanged.
    GroupId group_of(std::string_view path) const;

    /// A member of another group stays there; of one that is closed nobody becomes a member.
    void join(GroupMembership& membership, GroupId group);

    /// Holds it back, if the group is open and holds findings back; else it stays with the caller.
    [[nodiscard]] bool hold(GroupId group, Finding& finding);
    /// What is held back of the path is not true any more.
    void withdraw(std::string_view path);
    void for_each_held_below(std::string_view directory, const FindingSet::Visit& visit) const;

    /// Closes the groups without members, unless more may be on its way because directories are
    /// still being read, and those whose patience is over. Returns what they held back, each of
    /// which is to be published together; with what was more than a group may hold back.
    std::vector<FindingSet> take_complete(bool scanning, Clock::time_point now);
    /// When the next one's patience is over.
    std::optional<Clock::time_point> earliest_end() const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Group {
        std::shared_ptr<const GroupId> token;
        std::unordered_set<std::string, Hash, std::equal_to<>> paths;
        Clock::time_point end;
        FindingSet findings{};
        bool holds_back = true;
        bool has_members() const { return token.use_count() > 1; }
    };
    Group* find(GroupId group);

    std::vector<Group> open_;  // in the order of their ends
    GroupId last_id_ = no_group;
};

}  // namespace treecast::daemon
