// Reads information on processes from /proc.
#pragma once

#include "test/support/poll_until.hpp"

#include <csignal>
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

/// The file name of the program that a process runs.
inline std::string program_of(pid_t pid) {
    std::error_code error;
    const auto program =
        std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
    return program.filename();
}

/// How many descriptors a process has open.
inline std::size_t descriptors_of(pid_t pid) {
    const std::filesystem::directory_iterator begin("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

/// The process's anonymous memory, without files and shared memory.
inline std::size_t anonymous_bytes_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:"))
            return std::stoul(line.substr(8)) * 1024;
    return 0;
}

/// Stops a process and returns when all of its threads have stopped. The signal only requests that:
/// a thread continues until it gets the signal, which takes longer on a loaded machine. Returns
/// false at the deadline.
inline bool stop_process(pid_t pid) {
    ::kill(pid, SIGSTOP);
    return poll_until([&] {
        const std::filesystem::path tasks("/proc/" + std::to_string(pid) + "/task");
        for (const auto& task : std::filesystem::directory_iterator(tasks)) {
            std::ifstream file(task.path() / "stat");
            const std::string stat(std::istreambuf_iterator<char>(file), {});
            const auto name_end = stat.rfind(") ");
            if (name_end == std::string::npos || stat[name_end + 2] != 'T')
                return false;
        }
        return true;
    });
}

}  // namespace treecast::test
