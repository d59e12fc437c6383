// What /proc says about processes.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <sys/types.h>

namespace treecast::test {

/// The child of `parent` whose program is `name`; 0 if there is none.
inline pid_t child_of(pid_t parent, const std::string& name) {
    const auto children =
        "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
    std::ifstream list(children);
    for (pid_t pid = 0; list >> pid;) {
        std::error_code error;
        const auto program =
            std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
        if (program.filename() == name)
            return pid;
    }
    return 0;
}

/// How many descriptors a process has open.
inline std::size_t descriptors_of(pid_t pid) {
    const std::filesystem::directory_iterator begin("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

/// Memory that is the process's own, without files and shared memory.
inline std::size_t anonymous_bytes_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:"))
            return std::stoul(line.substr(8)) * 1024;
    return 0;
}

}  // namespace treecast::test
