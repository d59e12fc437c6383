// Conditions of a test that not every machine meets: mounts, other users, namespaces, room.
//
//   BOOST_AUTO_TEST_CASE(name, *needs(need::mounts(), need::other_users())) { ... }
//
// Each need is tried once per process, in a child process: the uid alone proves nothing, since root
// in a container may be unable to mount. A case whose need is not met is skipped and the program
// prints the reason. If it runs no other case, it exits with the code that ctest reports as skipped
// (main.cpp).
#pragma once

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace treecast::test {

struct Need {
    std::string what;  // completes "cannot ..."; needs with the same text are tried once
    std::function<void()> attempt;  // throws if the need is not met; may change its process
};

/// Why the need is not met, as "cannot ... (cause)"; empty if it is.
std::string why_not(const Need& need);

/// A decorator of a case or a suite.
boost::unit_test::precondition needs_all(std::vector<Need> wanted);
boost::unit_test::precondition needs(std::same_as<Need> auto... wanted) {
    return needs_all({std::move(wanted)...});
}

namespace need {

/// Mounts of this filesystem type, which needs no device, in a mount namespace of the test's own
/// (as `unshare -m` gives).
Need mounts(const std::string& type = "tmpfs");
/// The same through a user namespace, for which the test need not be root.
Need mounts_as_mapped_root();
/// A FUSE filesystem, mounted in a mount namespace of the test's own.
Need fuse();
/// Files and processes of other users, in any number.
Need other_users();
/// Permissions are enforced for the test's own user, which they are not for root.
Need permissions();
/// A mapping keeps its file open where trees are made. On overlayfs it does not: there the file is
/// closed, for inotify too, while its mapping is still written to.
Need files_open_while_mapped();
/// A user namespace with limits of its own (/proc/sys/user), as `unshare --user` creates.
Need user_limits();
Need network_namespaces();
Need ipc_namespaces();
/// This program is installed; `name` is searched in PATH.
Need program(const std::string& name);
/// The same, searched where services are installed too: path_of_program().
Need service(const std::string& name);
/// `script` succeeds with `sh -e` in a mount namespace of its own; `what` completes "cannot ...".
Need script(const std::string& what, const std::string& script);
/// At least this many free bytes in /dev/shm.
Need shared_memory(std::size_t bytes);
/// At least this many open files in one process: the soft limit can be raised to it.
Need open_files(std::size_t files);
/// An inotify queue that this many events fill.
Need event_queue_of_at_most(long events);
/// The program is built without address sanitizer, for the reason given.
Need no_sanitizer(const std::string& reason);
/// No UBSan: it probes memory through a pipe. In a process without free descriptors it reports
/// every object as damaged and ends the process.
Need no_sanitizer_that_opens_files();

}  // namespace need

}  // namespace treecast::test
