#include "daemon/transition.hpp"

#include "ipc/file_date.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

void take_stat(ipc::Record& record, const watcher::FileStat& stat) {
    record.inode = stat.inode;
    record.device = ipc::pack_device(stat.device);
    record.size = stat.size;
    record.size_was_read = false;
    record.mtime_ns = stat.mtime_ns;
    record.ctime_mark = ipc::mark_ctime(stat.ctime_ns);
    record.mode = static_cast<std::uint16_t>(stat.mode);
}

Announce
announce_present(const ipc::Record& before, const ipc::Record& after, const Observation& now) {
    if (!is_known(before))
        return Announce::content;
    const bool same_bytes =
        before.hash_known ? now.sha256 && *now.sha256 == before.sha256
                          : before.state == ipc::FileState::present && same_stat(before, now.stat);
    if (!same_bytes)
        return Announce::content;
    if (before.state != after.state || before.mode != after.mode || ipc::is_stale(before))
        return Announce::change;
    return before == after ? Announce::nothing : Announce::record_only;
}

Transition to_present(const ipc::Record& before, const Observation& now) {
    Transition result{before, Announce::nothing};
    ipc::Record& record = result.record;
    record.state = ipc::FileState::present;
    record.reason = ipc::UnavailableReason::none;
    take_stat(record, now.stat);
    if (now.size) {
        record.size = *now.size;
        record.size_was_read = *now.size != now.stat.size;
    }
    if (now.sha256) {
        record.sha256 = *now.sha256;
        record.hash_known = true;
    }
    result.announce = announce_present(before, record, now);
    if (result.announce == Announce::content && !now.sha256) {
        record.sha256 = {};
        record.hash_known = false;
    }
    return result;
}

Transition to_unavailable(const ipc::Record& before, const Observation& now) {
    Transition result{before, Announce::nothing};
    result.record.state = ipc::FileState::unavailable;
    result.record.reason = now.unavailable;
    take_stat(result.record, now.stat);
    if (!is_known(before)) {
        result.record.hash_known = false;
        result.record.sha256 = {};
        result.announce = Announce::content;
    } else if (before.state != result.record.state || before.reason != result.record.reason ||
               before.mode != result.record.mode) {
        result.announce = Announce::change;
    } else if (before != result.record) {
        result.announce = Announce::record_only;
    }
    return result;
}

Transition to_deleted(const ipc::Record& before) {
    if (!is_known(before))
        return {before, Announce::nothing};
    Transition result{before, Announce::content};
    result.record.state = ipc::FileState::deleted;
    result.record.reason = ipc::UnavailableReason::none;
    result.record.size = 0;
    result.record.size_was_read = false;
    result.record.hash_known = false;
    result.record.sha256 = {};
    return result;
}

/// The change revision marks the begin of the staleness, so another reason does not change it.
Transition to_stale(const ipc::Record& before, const Observation& now) {
    Transition result{before, Announce::nothing};
    if (!is_known(before) || before.state != ipc::FileState::present)
        return result;
    result.record.reason = now.stale;
    if (!ipc::is_stale(before))
        result.announce = Announce::change;
    else if (before.reason != now.stale)
        result.announce = Announce::record_only;
    return result;
}

Transition without_date(const ipc::Record& before, const Observation& now) {
    if (now.deleted)
        return to_deleted(before);
    if (now.unavailable != ipc::UnavailableReason::none)
        return to_unavailable(before, now);
    if (now.stale != ipc::UnavailableReason::none)
        return to_stale(before, now);
    return to_present(before, now);
}

}  // namespace

bool is_known(const ipc::Record& record) {
    return record.change_revision != 0 &&
           (record.state == ipc::FileState::present || record.state == ipc::FileState::unavailable);
}

bool same_stat(const ipc::Record& record, const watcher::FileStat& stat) {
    return record.inode == stat.inode && record.device == ipc::pack_device(stat.device) &&
           (record.size == stat.size || record.size_was_read) && record.mtime_ns == stat.mtime_ns &&
           record.ctime_mark == ipc::mark_ctime(stat.ctime_ns);
}

bool agrees_with(const ipc::Record& record, const watcher::FileStat& stat) {
    return is_known(record) && same_stat(record, stat) &&
           record.mode == static_cast<std::uint16_t>(stat.mode);
}

Transition transition(const ipc::Record& before, const Observation& now) {
    Transition result = without_date(before, now);
    // Clients remember the date of their version. From here on that date is of an older version: of
    // other bytes, or of the same bytes with another date. No answer had the date of a version
    // without a known hash.
    const std::int64_t date = ipc::second_of(before.mtime_ns);
    if (before.hash_known &&
        (result.announce == Announce::content || ipc::second_of(result.record.mtime_ns) != date))
        result.record.date_floor = std::max(before.date_floor, ipc::date_mark(date));
    return result;
}

}  // namespace treecast::daemon
