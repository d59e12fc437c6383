// A child process whose end can be polled for.
#pragma once

#include "base/unique_fd.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace treecast::client {

/// The exit status of a child, as waitpid(2) returns it.
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

/// How the child is set up. Its signals have their default actions. Descriptors are borrowed until
/// the child has been started.
struct ChildSetup {
    std::string executable;                // a path; PATH is not searched
    std::vector<std::string> arguments;    // argv, from argv[0] on
    std::vector<std::string> environment;  // `NAME=value`, in addition to ours
    int standard_input = -1;               // -1: /dev/null
    bool output_to_stderr = false;         // standard output goes to standard error
    std::vector<int> descriptors;          // in the child they are 3, 4 and so on
    bool sets_listen_pid = false;          // LISTEN_PID is the child, see sd_listen_fds(3)
    bool dies_with_us = false;             // killed when we die; in a process group of its own
};

class ChildProcess {
public:
    /// Throws std::system_error if no process can be created. If `executable` cannot be run, the
    /// child writes that to standard error and exits with code 127.
    explicit ChildProcess(const ChildSetup& setup);
    ChildProcess(ChildProcess&&) noexcept = default;
    ChildProcess& operator=(ChildProcess&&) = delete;

    pid_t pid() const noexcept { return pid_; }
    /// Readable once the child has ended.
    int descriptor() const noexcept { return fd_.get(); }
    void signal(int number) const noexcept;
    /// The status, or nullopt while the child runs. It reaps the child, so it must not be called
    /// again after it returned a status.
    std::optional<ExitStatus> poll_exit() const;

private:
    pid_t pid_ = -1;
    UniqueFd fd_;
};

}  // namespace treecast::client
