// Sets which signals end our programs and which they ignore. docs/operations.md has the table.
#pragma once

#include <vector>

namespace treecast {

/// Every main() calls this before it starts a thread. Ignores the signals that must not end a
/// program. Unblocks every signal and resets the stop signals and SIGCHLD to their defaults, since
/// the caller may have blocked or ignored them. An ignored SIGHUP stays ignored.
void set_up_signals();

/// The signals on which a program shuts down cleanly. SIGHUP is one unless the caller ignores it
/// (nohup).
std::vector<int> stop_signals();

/// For a child between fork and exec (signal-safety(7)): unblocks every signal and resets it to its
/// default. Keeps an ignored SIGHUP, so that nohup also covers the program that is started.
void restore_signals() noexcept;

}  // namespace treecast
