// The paths of the programs under test: those of the build that this test belongs to, or those in
// the directory that TREECAST_PROGRAM_DIR names (`./dev test` names the release build, which users
// run).
#pragma once

#include <cstdlib>
#include <string>

namespace treecast::test {

inline const std::string program_directory = [] {
    const char* const other = std::getenv("TREECAST_PROGRAM_DIR");  // NOLINT(concurrency-mt-unsafe)
    return std::string(other == nullptr ? TREECAST_PROGRAM_DIR : other);
}();
inline const std::string daemon_program = program_directory + "/treecast-daemon";
inline const std::string proxy_program = program_directory + "/treecast-proxy";
inline const std::string treecast_program = program_directory + "/treecast";

}  // namespace treecast::test
