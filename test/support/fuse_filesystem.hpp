// Code that the FUSE filesystems of the tests share. They run in the foreground, write their
// process id to a file before they are mounted, and unmount themselves when they end.
#pragma once

#define FUSE_USE_VERSION 31
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <fuse.h>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace treecast::test {

/// Converts the result of a system call to that of a FUSE operation.
inline int fuse_result(long outcome) {
    return outcome < 0 ? -errno : static_cast<int>(outcome);
}

/// Disables the kernel's caches of names and attributes, so that every look reaches the filesystem.
inline void cache_no_names(fuse_config& config) {
    config.entry_timeout = 0;
    config.attr_timeout = 0;
    config.negative_timeout = 0;
}

// Operations on a file whose descriptor is in `fh`.

inline int keep_descriptor(int descriptor, fuse_file_info* file) {
    file->fh = static_cast<std::uint64_t>(descriptor);
    return descriptor < 0 ? -errno : 0;
}

inline int read_descriptor(
    const char* /*path*/,
    char* buffer,
    size_t bytes,
    off_t offset,
    fuse_file_info* file
) {
    return fuse_result(::pread(static_cast<int>(file->fh), buffer, bytes, offset));
}

inline int write_descriptor(
    const char* /*path*/,
    const char* buffer,
    size_t bytes,
    off_t offset,
    fuse_file_info* file
) {
    return fuse_result(::pwrite(static_cast<int>(file->fh), buffer, bytes, offset));
}

inline int close_descriptor(const char* /*path*/, fuse_file_info* file) {
    return fuse_result(::close(static_cast<int>(file->fh)));
}

/// Serves until it is unmounted. Returns the exit code.
inline int run_filesystem(
    const fuse_operations& operations,
    std::string program,
    std::string mount_point,
    const char* pid_file,
    bool one_thread = false
) {
    std::ofstream(pid_file) << ::getpid() << std::endl;
    std::string foreground = "-f";
    std::string single = "-s";
    std::string options = "-oallow_other";
    std::vector<char*> arguments{program.data(), foreground.data(), options.data()};
    if (one_thread)
        arguments.push_back(single.data());
    arguments.push_back(mount_point.data());
    const int count = static_cast<int>(std::size(arguments));
    arguments.push_back(nullptr);
    return fuse_main(count, arguments.data(), &operations, nullptr);
}

}  // namespace treecast::test
