// What a test needs that not every place gives: mounts, other users, namespaces, room.
//
//   BOOST_AUTO_TEST_CASE(name, *needs(need::mounts(), need::other_users())) { ... }
//
// Each need is tried, once in a process and in a child of its own: the uid says nothing, since root
// in a container may not mount. A case whose need is not met is skipped; the program prints the
// reason, and alone it ends with the code that ctest reports as skipped (main.cpp).
#pragma once

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace treecast::test {

struct Need {
    std::string what;               // completes "cannot ..."; what is tried once has one name
    std::function<void()> attempt;  // throws if it cannot be done here; may change its process
};

/// Why it cannot be done here, as "cannot ... (cause)"; empty if it can.
std::string why_not(const Need& need);

/// A decorator of a case or a suite.
boost::unit_test::precondition needs_all(std::vector<Need> wanted);
boost::unit_test::precondition needs(std::same_as<Need> auto... wanted) {
    return needs_all({std::move(wanted)...});
}

namespace need {

/// Mounts in a mount namespace of the test's own, as `unshare -m` gives; of this filesystem, which
/// needs no device.
Need mounts(const std::string& type = "tmpfs");
/// The same by a user namespace, for which one need not be root.
Need mounts_as_mapped_root();
/// A FUSE filesystem, mounted in a mount namespace of the test's own.
Need fuse();
/// Files and processes of other users, in any number.
Need other_users();
/// That permissions are refused to the test's own user; root has none that are.
Need permissions();
/// A user namespace with limits of its own (/proc/sys/user), as `unshare --user` gives.
Need user_limits();
Need network_namespaces();
Need ipc_namespaces();
/// This program is installed: a name for PATH.
Need program(const std::string& name);
/// `script` succeeds by `sh -e` in a mount namespace of its own; `what` completes "cannot ...".
Need script(const std::string& what, const std::string& script);
/// So many free bytes in /dev/shm.
Need shared_memory(std::size_t bytes);
/// So many open files in one process; the soft limit can be raised to it.
Need open_files(std::size_t files);
/// A queue of inotify's that so many events fill.
Need event_queue_of_at_most(long events);
/// No address sanitizer, for the reason given.
Need no_sanitizer(const std::string& reason);
/// UBSan probes memory through a pipe: in a process without free descriptors it takes every object
/// for damaged, and ends it.
Need no_sanitizer_that_opens_files();

}  // namespace need

}  // namespace treecast::test
