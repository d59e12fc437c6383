#include "daemon/transition.hpp"

#include "daemon/record_match.hpp"
#include "ipc/file_date.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

using ipc::FileState;
using ipc::Record;
using ipc::UnavailableReason;

void set_stat(Record& record, const watcher::FileStat& stat) {
    record.inode = stat.inode;
    record.device = ipc::pack_device(stat.device);
    record.size = stat.size;
    record.size_was_read = false;
    record.mtime_ns = stat.mtime_ns;
    record.ctime_mark = ipc::mark_ctime(stat.ctime_ns);
    record.mode = static_cast<std::uint16_t>(stat.mode);
}

Record to_present(const Record& before, const Observation& now) {
    Record record = before;
    record.state = FileState::present;
    record.reason = UnavailableReason::none;
    set_stat(record, now.stat);
    if (now.size) {
        record.size = *now.size;
        record.size_was_read = *now.size != now.stat.size;
    }
    if (now.sha256) {
        record.sha256 = *now.sha256;
        record.hash_known = true;
    }
    return record;
}

Record to_unavailable(const Record& before, const Observation& now) {
    Record record = before;
    record.state = FileState::unavailable;
    record.reason = now.unavailable;
    set_stat(record, now.stat);
    return record;
}

Record to_deleted(const Record& before) {
    Record record = before;
    if (!is_known(before))
        return record;
    record.state = FileState::deleted;
    record.reason = UnavailableReason::none;
    record.size = 0;
    record.size_was_read = false;
    return record;
}

/// Only what is served can be stale.
Record to_stale(const Record& before, const Observation& now) {
    Record record = before;
    if (is_known(before) && before.state == FileState::present)
        record.reason = now.stale;
    return record;
}

Record record_of(const Record& before, const Observation& now) {
    if (now.deleted)
        return to_deleted(before);
    if (now.unavailable != UnavailableReason::none)
        return to_unavailable(before, now);
    if (now.stale != UnavailableReason::none)
        return to_stale(before, now);
    return to_present(before, now);
}

}  // namespace

Transition transition(const Record& before, const Observation& now) {
    Transition result{record_of(before, now)};
    Record& record = result.record;
    result.announcement = decide_announcement(before, record, now);
    const bool is_new_content = result.announcement == Announcement::content;
    if (is_new_content && !now.sha256) {
        record.sha256 = {};
        record.hash_known = false;
    }
    // Clients remember the date of their version. From here on that date is of an older version: of
    // other bytes, or of the same bytes with another date. No answer had the date of a version
    // without a known hash.
    const std::int64_t date = ipc::second_of(before.mtime_ns);
    if (before.hash_known && (is_new_content || ipc::second_of(record.mtime_ns) != date))
        record.date_floor = std::max(before.date_floor, ipc::date_mark(date));
    return result;
}

}  // namespace treecast::daemon
