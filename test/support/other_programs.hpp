// Other people's programs that a test runs: where they are, and a port for them.
//
// A program whose Debian package is unpacked somewhere, not installed, is found by PATH. Its
// libraries are beside it.
#pragma once

#include "test/support/child_process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace treecast::test {

/// Searches PATH and the directories of services, which an ordinary user's PATH leaves out. Throws
/// std::runtime_error if it is nowhere; see need::service.
std::string path_of_program(const std::string& name);

/// Runs it with `home` as its HOME and working directory.
ChildProcess run_program(
    const std::string& name,
    const std::vector<std::string>& arguments,
    const std::string& home
);

/// A port of the loopback that nobody listens on, for programs that cannot pick one.
std::uint16_t unused_port();

}  // namespace treecast::test
