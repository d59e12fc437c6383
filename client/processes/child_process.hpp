// A child of ours that can be polled for its end.
#pragma once

#include "base/unique_fd.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace treecast::client {

/// How a child ended, as waitpid(2) says it.
class ExitStatus {
public:
    explicit ExitStatus(int wait_status) : wait_status_(wait_status) {}
    /// nullopt if a signal ended it.
    std::optional<int> code() const;
    bool success() const { return code() == 0; }
    /// "exit code 3", "signal 9 (Killed)"
    std::string text() const;

private:
    int wait_status_;
};

/// What the child gets, besides signals as they are by default. Descriptors are borrowed until the
/// child has been started.
struct ChildSetup {
    std::string executable;                // a path; PATH is not searched
    std::vector<std::string> arguments;    // argv, from argv[0] on
    std::vector<std::string> environment;  // `NAME=value`, in addition to ours
    int standard_input = -1;               // -1: /dev/null
    bool output_to_stderr = false;         // standard output goes where standard error does
    int descriptor_3 = -1;                 // -1: none
    bool dies_with_us = false;             // killed when we die; in a process group of its own
};

class ChildProcess {
public:
    /// Throws std::system_error if there can be no process. If `executable` cannot be run, the
    /// child says so on standard error and its exit code is 127.
    explicit ChildProcess(const ChildSetup& setup);
    ChildProcess(ChildProcess&&) noexcept = default;
    ChildProcess& operator=(ChildProcess&&) = delete;

    pid_t pid() const noexcept { return pid_; }
    /// Readable once the child has ended.
    int descriptor() const noexcept { return fd_.get(); }
    void signal(int number) const noexcept;
    /// nullopt while it runs. Reaps; must not be called again after it gave a status.
    std::optional<ExitStatus> poll_exit() const;

private:
    pid_t pid_ = -1;
    UniqueFd fd_;
};

}  // namespace treecast::client
