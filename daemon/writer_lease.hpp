// Uses a lease to find out from the kernel whether anybody has a file open for writing. Thread
// safe.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace treecast::daemon {

enum class Writer { none, inside, unknown };

/// The kernel grants a read lease only while nobody has the file open for writing, mappings
/// included (fcntl(2)). It is released at once. The kernel refuses leases to processes that neither
/// own the file nor have CAP_LEASE; some filesystems have none.
Writer check_for_writer(int file);

/// Opens the file of an O_PATH descriptor for reading. May block as long as its filesystem does.
Result<UniqueFd> reopen_for_reading(int handle);

/// Whether the kernel vouches that nobody has the file of an O_PATH descriptor open for writing.
/// May block as long as its filesystem does.
bool surely_no_writer(int handle);

}  // namespace treecast::daemon
