// Exit codes of every Treecast program; documented for users in docs/operations.md.
#pragma once

namespace treecast {

enum class ExitCode : int {
    ok = 0,
    failed = 1,         // something went wrong while running
    usage = 2,          // the command line is not understood
    configuration = 3,  // understood, but cannot be done: root, port, instance, permissions
    unreachable = 4,    // client: no answer from the server
    not_found = 5,      // client: the server has no such file; nothing is lost there
};

}  // namespace treecast
