// Where the programs under test are: those of the build that this test belongs to.
#pragma once

namespace treecast::test {

inline constexpr const char* daemon_program = TREECAST_PROGRAM_DIR "/treecast-daemon";
inline constexpr const char* proxy_program = TREECAST_PROGRAM_DIR "/treecast-proxy";
inline constexpr const char* treecast_program = TREECAST_PROGRAM_DIR "/treecast";

}  // namespace treecast::test
