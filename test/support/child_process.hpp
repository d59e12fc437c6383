// A program under test as a child of the test.
//
// It is killed with the test, however the test ends: PR_SET_PDEATHSIG acts when the thread that
// started it ends, so start children from the test's main thread. What it writes is kept in
// memory files, so it never blocks on a test that does not read. Not thread safe.
#pragma once

#include "base/unique_fd.hpp"
#include "test/support/poll_until.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace treecast::test {

struct ChildOptions {
    std::map<std::string, std::string> environment{};  // on top of the test's own
    std::optional<uid_t> user{};   // without supplementary groups; see needs.hpp
    std::optional<gid_t> group{};  // default: the test's own
    std::optional<mode_t> umask{};
    std::string directory{};  // to start in; empty: the test's own
};

/// To run as this user, with the group of the same number: no change where it is the test's own.
ChildOptions as_user(uid_t user);

class ChildProcess {
public:
    /// `program` is a path (no search in PATH) to a binary. It is opened by the test, so `user`
    /// need not be able to reach it. Standard input is /dev/null. Throws std::system_error; a
    /// child that cannot be executed ends with 127 and says why on standard error.
    ChildProcess(
        const std::string& program,
        const std::vector<std::string>& arguments,
        const ChildOptions& options = {}
    );
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) = delete;
    /// Kills (SIGKILL) what still runs and waits for it.
    ~ChildProcess();

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;
    bool is_running();

    /// The exit code, or 128 + the number of the signal that ended it; nullopt if it still runs
    /// when the deadline has passed.
    std::optional<int> wait(std::chrono::milliseconds deadline = patience);
    /// SIGTERM, then `wait`.
    std::optional<int> terminate(std::chrono::milliseconds deadline = patience);

    /// What it has written so far.
    std::string standard_output() const;
    std::string standard_error() const;
    /// True once `text` is in one of them; false if it is not within the deadline or the program
    /// has ended without writing it.
    [[nodiscard]] bool
    wait_for_output(std::string_view text, std::chrono::milliseconds deadline = patience);

private:
    pid_t pid_ = -1;
    std::optional<int> status_;
    UniqueFd output_;
    UniqueFd error_;
};

}  // namespace treecast::test
