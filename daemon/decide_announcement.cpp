#include "daemon/decide_announcement.hpp"

#include "daemon/record_match.hpp"

namespace treecast::daemon {

namespace {

/// Whether a path that was not known becomes known by this.
bool makes_known(const Observation& now) {
    return !now.deleted && now.stale == ipc::UnavailableReason::none;
}

/// Whether subscribers of all changes are notified, though the bytes are the same. The change
/// revision marks the begin of a staleness, so another reason for it is no change.
bool is_change(const ipc::Record& before, const ipc::Record& after) {
    const bool is_refused = after.state == ipc::FileState::unavailable;
    return before.state != after.state || before.mode != after.mode ||
           ipc::is_stale(before) != ipc::is_stale(after) ||
           (is_refused && before.reason != after.reason);
}

}  // namespace

bool has_same_bytes(const ipc::Record& before, const Observation& now) {
    if (now.deleted)
        return false;
    if (!makes_known(now) || now.unavailable != ipc::UnavailableReason::none)
        return true;
    if (before.hash_known)
        return now.sha256 && *now.sha256 == before.sha256;
    return before.state == ipc::FileState::present && same_stat(before, now.stat);
}

Announcement
decide_announcement(const ipc::Record& before, const ipc::Record& after, const Observation& now) {
    if (!is_known(before))
        return makes_known(now) ? Announcement::content : Announcement::nothing;
    if (!has_same_bytes(before, now))
        return Announcement::content;
    if (is_change(before, after))
        return Announcement::change;
    return before == after ? Announcement::nothing : Announcement::record_only;
}

}  // namespace treecast::daemon
