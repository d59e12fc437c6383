// Groups changes with one cause, which become one revision together: the files behind a swapped
// link, those of a moved directory, or those of a swapped root. Pure.
//
// A group is open until every path that belongs to it has been looked at. Until then it holds the
// findings back. It ends after `patience` in any case, and later findings are published on their
// own. The daemon's thread; time is passed in.
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

/// Identifies a group. Ids are never reused.
using GroupId = std::uint64_t;
inline constexpr GroupId no_group = 0;

/// The membership of a path in a group. The group waits until it ends.
class GroupMembership {
public:
    GroupId group() const noexcept { return token_ ? *token_ : no_group; }
    void end() noexcept { token_.reset(); }

private:
    friend class PublicationGroups;
    std::shared_ptr<const GroupId> token_;  // shared with the group and its other members
};

class PublicationGroups {
public:
    static constexpr std::chrono::seconds patience{10};
    // For events alone, once all members were looked at. Where more events come than are processed,
    // those of each directory get a fair share, so that the group's own are through before.
    static constexpr std::chrono::seconds patience_for_events{1};
    // Limits for the loaded content of a group: each has a descriptor, and uses shared memory
    // beside the version that it supersedes. A larger group is published in parts.
    static constexpr std::size_t segments_max = 512;
    static constexpr std::uint64_t segment_bytes_max = std::uint64_t{64} << 20;

    /// `paths` now name something else as a whole. May be empty, if members join one by one. Open
    /// groups in which one of them was exchanged before go on as one: else they would publish what
    /// was seen before this exchange together with what is seen after it.
    GroupId open(const std::vector<std::string>& paths, Clock::time_point now);
    bool any() const noexcept { return !open_.empty(); }
    /// The newest group in which `path` or a directory above it was exchanged.
    GroupId group_of(std::string_view path) const;

    /// A member of another group stays there. A closed group gets no new members.
    void join(GroupMembership& membership, GroupId group);

    /// Holds the finding back if the group is open and within its limits. If not, the caller keeps
    /// it.
    [[nodiscard]] bool hold(GroupId group, Finding& finding);
    /// The finding held back for the path is no longer true.
    void withdraw(std::string_view path);
    bool holds_content_of(std::string_view path) const;
    void for_each_held_below(std::string_view directory, const FindingSet::Visit& visit) const;

    /// What may still bring members to a group.
    struct ToCome {
        bool directories = false;  // they are being read
        bool events = false;       // they wait to be processed
    };
    /// Closes the groups whose patience is over, and those without members to which none may come.
    /// Returns their findings, each set to be published together.
    std::vector<FindingSet> take_complete(const ToCome& to_come, Clock::time_point now);
    /// The findings of groups that exceed their limits and hold nothing back any more.
    std::vector<FindingSet> take_overfull();
    /// The end of the first group's patience.
    std::optional<Clock::time_point> earliest_end() const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using PathSet = std::unordered_set<std::string, Hash, std::equal_to<>>;
    struct Group {
        GroupId id = no_group;
        PathSet paths;
        Clock::time_point end;
        std::vector<std::shared_ptr<GroupId>> tokens{};  // its own, and those of groups it took in
        FindingSet findings{};
        bool holds_back = true;
        std::optional<Clock::time_point> awaits_events_since{};  // and nothing else
        bool is_over = false;

        void take_in(Group&& other);
        bool decide_is_over(const ToCome& to_come, Clock::time_point now);
    };
    static bool is_at_or_below_any(std::string_view path, const PathSet& paths);
    static bool overlap(const PathSet& some, const PathSet& others);
    Group* find(GroupId group);

    // In the order of their ends. No path of one that holds back is at or below one of another.
    std::vector<Group> open_;
    GroupId last_id_ = no_group;
};

}  // namespace treecast::daemon
