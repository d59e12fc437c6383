// Shortens the time from the wake-up of a thread until it runs.
#pragma once

#include "base/error.hpp"

namespace treecast {

/// Requests the shortest time slices for this thread and for those that it starts from now on. The
/// scheduler runs a thread with short slices soon after its wake-up, even on a busy processor. The
/// thread's share of the processor stays the same (sched_setattr(2), `sched_runtime`; "EEVDF
/// Scheduler" in the kernel's documentation). Kernels before 6.12 ignore the request. Keeps a
/// policy other than SCHED_OTHER, since the administrator chose it.
ErrorCode ask_for_short_slices() noexcept;

}  // namespace treecast
