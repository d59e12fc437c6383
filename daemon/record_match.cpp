#include "daemon/record_match.hpp"

#include "ipc/file_date.hpp"

namespace treecast::daemon {

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

}  // namespace treecast::daemon
