// The fields of struct stat that decide whether a file has changed. Pure.
#pragma once

#include "base/file_time.hpp"

#include <cstdint>

#include <sys/stat.h>

namespace treecast::watcher {

struct FileStat {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;  // both packed by pack_file_time(), so that no date wraps around
    std::int64_t ctime_ns = 0;
    std::uint32_t mode = 0;  // type and permission bits
    std::uint32_t links = 0;
    std::uint32_t owner = 0;

    friend bool operator==(const FileStat&, const FileStat&) = default;
};

inline std::int64_t nanoseconds_of(const timespec& time) noexcept {
    return pack_file_time({time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)});
}

inline FileStat file_stat_of(const struct stat& status) noexcept {
    return {
        .device = status.st_dev,
        .inode = status.st_ino,
        .size = static_cast<std::uint64_t>(status.st_size),
        .mtime_ns = nanoseconds_of(status.st_mtim),
        .ctime_ns = nanoseconds_of(status.st_ctim),
        .mode = status.st_mode,
        .links = static_cast<std::uint32_t>(status.st_nlink),
        .owner = status.st_uid,
    };
}

}  // namespace treecast::watcher
