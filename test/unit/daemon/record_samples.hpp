// Records of a file, as observations have made them.
#pragma once

#include "daemon/transition.hpp"

#include <sys/stat.h>

namespace treecast::daemon::record_samples {

using ipc::FileState;
using ipc::Record;
using ipc::UnavailableReason;

inline const Sha256 hash_a{1};
inline const Sha256 hash_b{2};
inline const watcher::FileStat stat_1{
    .device = 1,
    .inode = 10,
    .size = 5,
    .mtime_ns = 1'500'000'000,
    .ctime_ns = 1'500'000'000,
    .mode = S_IFREG | 0644,
    .links = 1,
};

inline watcher::FileStat later(std::int64_t mtime_ns) {
    watcher::FileStat stat = stat_1;
    stat.mtime_ns = mtime_ns;
    stat.ctime_ns = mtime_ns;
    return stat;
}

inline watcher::FileStat with_mode(std::uint32_t mode) {
    watcher::FileStat stat = later(1'600'000'000);
    stat.mtime_ns = stat_1.mtime_ns;
    stat.mode = S_IFREG | mode;
    return stat;
}

/// As the publisher leaves a record after a first publication.
inline Record published(const Observation& observation) {
    Record record = transition(Record(), observation).record;
    record.change_revision = 100;
    record.content_revision = 100;
    return record;
}

inline const Record unread = published({.stat = stat_1});
inline const Record was_read = published({.stat = stat_1, .sha256 = hash_a});
inline const Record private_one =
    published({.unavailable = UnavailableReason::private_file, .stat = stat_1});

inline Record deleted() {
    Record record = transition(was_read, {.deleted = true}).record;
    record.change_revision = 200;
    record.content_revision = 200;
    return record;
}

}  // namespace treecast::daemon::record_samples
