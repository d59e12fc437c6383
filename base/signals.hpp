// Which signals end our programs, and which do nothing to them. docs/operations.md has the table.
#pragma once

#include <vector>

namespace treecast {

/// For every main(), before any thread. Whatever the caller has left blocked or ignored, signals
/// that end a program do so, and a child's end can be waited for.
void set_up_signals();

/// The signals that end a program in order. SIGHUP is one unless the caller has it ignored (nohup).
std::vector<int> stop_signals();

/// For a child between fork and exec (signal-safety(7)): nothing blocked, nothing ignored but an
/// ignored SIGHUP, for which there is no other way to reach the program that is started.
void restore_signals() noexcept;

}  // namespace treecast
