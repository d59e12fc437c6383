#include "daemon/publication_groups.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"

#include <algorithm>

namespace treecast::daemon {

bool PublicationGroups::is_at_or_below_any(std::string_view path, const PathSet& paths) {
    if (paths.empty())
        return false;
    for (;; path = parent_of(path)) {
        if (paths.contains(path))
            return true;
        if (path.empty())
            return false;
    }
}

GroupId PublicationGroups::open(const std::vector<std::string>& paths, Clock::time_point now) {
    if (Group* const before = find_overlapping(paths)) {
        before->paths.insert(paths.begin(), paths.end());
        return *before->token;
    }
    Group group{
        .token = std::make_shared<const GroupId>(++last_id_),
        .paths = {},
        .end = now + patience};
    group.paths.insert(paths.begin(), paths.end());
    open_.push_back(std::move(group));
    return last_id_;
}

GroupId PublicationGroups::group_of(std::string_view path) const {
    // The newest first, since a path that was exchanged again belongs to the newer group.
    for (auto group = open_.rbegin(); group != open_.rend(); ++group) {
        if (is_at_or_below_any(path, group->paths))
            return *group->token;
    }
    return no_group;
}

/// The newest group that still holds back and in which one of `paths`, or something above or below
/// it, was exchanged.
PublicationGroups::Group* PublicationGroups::find_overlapping(const std::vector<std::string>& paths
) {
    if (paths.empty() || open_.empty())
        return nullptr;
    const PathSet exchanged_now(paths.begin(), paths.end());
    const auto overlaps = [&](const Group& group) {
        return group.holds_back && (std::ranges::any_of(
                                        paths,
                                        [&](const std::string& path) {
                                            return is_at_or_below_any(path, group.paths);
                                        }
                                    ) ||
                                    std::ranges::any_of(group.paths, [&](const std::string& path) {
                                        return is_at_or_below_any(path, exchanged_now);
                                    }));
    };
    const auto newest = std::find_if(open_.rbegin(), open_.rend(), overlaps);
    return newest == open_.rend() ? nullptr : &*newest;
}

PublicationGroups::Group* PublicationGroups::find(GroupId group) {
    const auto found = std::ranges::find_if(open_, [group](const Group& each) {
        return *each.token == group;
    });
    return found == open_.end() ? nullptr : &*found;
}

void PublicationGroups::join(GroupMembership& membership, GroupId group) {
    if (group == no_group || membership.token_)
        return;
    if (const Group* const found = find(group))
        membership.token_ = found->token;
}

bool PublicationGroups::hold(GroupId group, Finding& finding) {
    Group* const found = group == no_group ? nullptr : find(group);
    if (found == nullptr || !found->holds_back)
        return false;
    found->findings.add(std::move(finding));
    if (found->findings.segments() > segments_max ||
        found->findings.segment_bytes() > segment_bytes_max) {
        log::warn(
            "a group of more than {} loaded files or {} bytes is published in parts",
            segments_max,
            segment_bytes_max
        );
        found->holds_back = false;
    }
    return true;
}

void PublicationGroups::withdraw(std::string_view path) {
    for (Group& group : open_)
        group.findings.withdraw(path);
}

void PublicationGroups::for_each_held_below(
    std::string_view directory,
    const FindingSet::Visit& visit
) const {
    for (const Group& group : open_)
        group.findings.for_each_below(directory, visit);
}

std::vector<FindingSet> PublicationGroups::take_complete(bool more_to_come, Clock::time_point now) {
    std::vector<FindingSet> complete;
    for (Group& group : open_)
        if (group.is_over(more_to_come, now) && !group.findings.empty())
            complete.push_back(std::exchange(group.findings, {}));
    std::erase_if(open_, [&](const Group& group) {
        return group.is_over(more_to_come, now);
    });
    return complete;
}

std::vector<FindingSet> PublicationGroups::take_overfull() {
    std::vector<FindingSet> overfull;
    for (Group& group : open_)
        if (!group.holds_back && !group.findings.empty())
            overfull.push_back(std::exchange(group.findings, {}));
    return overfull;
}

std::optional<Clock::time_point> PublicationGroups::earliest_end() const {
    if (open_.empty())
        return std::nullopt;
    return open_.front().end;
}

}  // namespace treecast::daemon
