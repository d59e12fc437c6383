#include "daemon/publication_groups.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

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

/// Whether one of `some` is at, above or below one of `others`.
bool PublicationGroups::overlap(const PathSet& some, const PathSet& others) {
    const auto is_any_in = [](const PathSet& paths, const PathSet& exchanged) {
        return std::ranges::any_of(paths, [&](const std::string& path) {
            return is_at_or_below_any(path, exchanged);
        });
    };
    return is_any_in(some, others) || is_any_in(others, some);
}

/// No path has findings in both, since an older one is withdrawn first.
void PublicationGroups::Group::take_in(Group&& other) {
    paths.merge(other.paths);
    for (std::shared_ptr<GroupId>& token : other.tokens) {
        *token = id;
        tokens.push_back(std::move(token));
    }
    while (!other.findings.empty())
        findings.add(other.findings.take_first());
}

bool PublicationGroups::Group::decide_is_over(const ToCome& to_come, Clock::time_point now) {
    if (end <= now)
        return true;
    const bool has_members = std::ranges::any_of(tokens, [](const auto& token) {
        return token.use_count() > 1;
    });
    if (has_members || to_come.directories) {
        awaits_events_since.reset();
        return false;
    }
    if (!to_come.events)
        return true;
    if (!awaits_events_since)
        awaits_events_since = now;
    return *awaits_events_since + patience_for_events <= now;
}

GroupId PublicationGroups::open(const std::vector<std::string>& paths, Clock::time_point now) {
    PathSet exchanged(paths.begin(), paths.end());
    const auto is_before = [&](const Group& group) {
        return group.holds_back && overlap(group.paths, exchanged);
    };
    const auto first = std::ranges::find_if(open_, is_before);
    if (first == open_.end()) {
        open_.push_back({.id = ++last_id_, .paths = std::move(exchanged), .end = now + patience});
        open_.back().tokens.push_back(std::make_shared<GroupId>(last_id_));
        return last_id_;
    }
    const auto others =
        std::stable_partition(std::next(first), open_.end(), std::not_fn(is_before));
    std::for_each(others, open_.end(), [&](Group& other) {
        first->take_in(std::move(other));
    });
    open_.erase(others, open_.end());
    first->paths.merge(exchanged);
    return first->id;
}

GroupId PublicationGroups::group_of(std::string_view path) const {
    // The newest first, since a path that was exchanged again belongs to the newer group.
    for (auto group = open_.rbegin(); group != open_.rend(); ++group) {
        if (is_at_or_below_any(path, group->paths))
            return group->id;
    }
    return no_group;
}

PublicationGroups::Group* PublicationGroups::find(GroupId group) {
    const auto found = std::ranges::find_if(open_, [group](const Group& each) {
        return each.id == group;
    });
    return found == open_.end() ? nullptr : &*found;
}

void PublicationGroups::join(GroupMembership& membership, GroupId group) {
    if (group == no_group || membership.token_)
        return;
    if (const Group* const found = find(group))
        membership.token_ = found->tokens.front();
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

bool PublicationGroups::holds_content_of(std::string_view path) const {
    return std::ranges::any_of(open_, [&](const Group& group) {
        return group.findings.has_content_of(path);
    });
}

void PublicationGroups::for_each_held_below(
    std::string_view directory,
    const FindingSet::Visit& visit
) const {
    for (const Group& group : open_)
        group.findings.for_each_below(directory, visit);
}

std::vector<FindingSet>
PublicationGroups::take_complete(const ToCome& to_come, Clock::time_point now) {
    std::vector<FindingSet> complete;
    for (Group& group : open_) {
        group.is_over = group.decide_is_over(to_come, now);
        if (group.is_over && !group.findings.empty())
            complete.push_back(std::move(group.findings));
    }
    std::erase_if(open_, std::mem_fn(&Group::is_over));
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
