// How soon a process runs after it was woken.
#pragma once

#include "base/error.hpp"

namespace treecast {

/// Asks for the shortest time slices, for this thread and those that it makes from now on: who has
/// short ones is run soon after it was woken, even where others want the processor; its share of it
/// stays what it was (sched_setattr(2), `sched_runtime`; "EEVDF Scheduler" in the kernel's
/// documentation). Kernels before 6.12 ignore it. Policies other than SCHED_OTHER, which somebody
/// has chosen for us, are left alone.
ErrorCode ask_for_short_slices() noexcept;

}  // namespace treecast
