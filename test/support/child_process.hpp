// A program under test as a child of the test.
//
// It is killed when the test ends, however that happens. PR_SET_PDEATHSIG acts when the thread that
// started it ends, so start children in the test's main thread. Its output is kept in memory files,
// so it never blocks if a test does not read it. Not thread safe.
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
    std::map<std::string, std::string> environment{};  // added to the test's own
    std::optional<uid_t> user{};   // without supplementary groups; see needs.hpp
    std::optional<gid_t> group{};  // default: the test's own
    std::optional<mode_t> umask{};
    std::string directory{};  // working directory; empty: the test's own
    std::vector<int>
        inherited{};  // descriptors for it, as a supervisor gives them: sd_listen_fds(3)
    std::string inherited_names{};  // LISTEN_FDNAMES; empty: not set
};

/// Options to run as this user, with the group of the same number. They change nothing if it is the
/// test's own user.
ChildOptions as_user(uid_t user);

class ChildProcess {
public:
    /// `program` is the path of a binary (PATH is not searched). The test opens it, so `user` need
    /// not have access to it. Standard input is /dev/null. Throws std::system_error. A child that
    /// cannot be executed exits with 127 and writes the reason to standard error.
    ChildProcess(
        const std::string& program,
        const std::vector<std::string>& arguments,
        const ChildOptions& options = {}
    );
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) = delete;
    /// Kills (SIGKILL) the child if it still runs, and waits for it.
    ~ChildProcess();

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;
    bool is_running();

    /// The exit code, or 128 + the number of the signal that ended it; nullopt if it still runs
    /// when the deadline has passed.
    std::optional<int> wait(std::chrono::milliseconds deadline = patience);
    /// SIGTERM, then `wait`.
    std::optional<int> terminate(std::chrono::milliseconds deadline = patience);

    /// The output so far.
    std::string standard_output() const;
    std::string standard_error() const;
    /// Returns true as soon as `text` is in one of them. Returns false at the deadline, or if the
    /// program has ended without writing it.
    [[nodiscard]] bool
    wait_for_output(std::string_view text, std::chrono::milliseconds deadline = patience);

private:
    pid_t pid_ = -1;
    std::optional<int> status_;
    UniqueFd output_;
    UniqueFd error_;
};

}  // namespace treecast::test
