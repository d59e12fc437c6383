#include "daemon/transition.hpp"

namespace treecast::daemon {

namespace {

std::int64_t second_of(std::int64_t ns) {
    return ns >= 0 ? ns / 1'000'000'000 : (ns - 999'999'999) / 1'000'000'000;
}

void take_stat(ipc::Record& record, const watcher::FileStat& stat) {
    record.inode = stat.inode;
    record.device = ipc::pack_device(stat.device);
    record.size = stat.size;
    record.mtime_ns = stat.mtime_ns;
    record.ctime_ns = stat.ctime_ns;
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
    if (before.state != after.state || before.mode != after.mode)
        return Announce::change;
    return before == after ? Announce::nothing : Announce::record_only;
}

Transition to_present(const ipc::Record& before, const Observation& now) {
    Transition result{before, Announce::nothing};
    ipc::Record& record = result.record;
    record.state = ipc::FileState::present;
    record.reason = ipc::UnavailableReason::none;
    take_stat(record, now.stat);
    if (now.sha256) {
        record.sha256 = *now.sha256;
        record.hash_known = true;
    }
    result.announce = announce_present(before, record, now);
    if (result.announce == Announce::content) {
        if (!now.sha256) {
            record.sha256 = {};
            record.hash_known = false;
        }
        record.same_second = before.state == ipc::FileState::present &&
                             second_of(before.mtime_ns) == second_of(now.stat.mtime_ns);
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
    result.record.hash_known = false;
    result.record.same_second = false;
    result.record.sha256 = {};
    return result;
}

}  // namespace

bool is_known(const ipc::Record& record) {
    return record.change_revision != 0 &&
           (record.state == ipc::FileState::present || record.state == ipc::FileState::unavailable);
}

bool same_stat(const ipc::Record& record, const watcher::FileStat& stat) {
    return record.inode == stat.inode && record.device == ipc::pack_device(stat.device) &&
           record.size == stat.size && record.mtime_ns == stat.mtime_ns &&
           record.ctime_ns == stat.ctime_ns;
}

Transition transition(const ipc::Record& before, const Observation& now) {
    if (now.deleted)
        return to_deleted(before);
    if (now.unavailable != ipc::UnavailableReason::none)
        return to_unavailable(before, now);
    return to_present(before, now);
}

}  // namespace treecast::daemon
