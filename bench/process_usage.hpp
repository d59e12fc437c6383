// What a server's processes have used, read from /proc.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace treecast::bench {

/// Time on a processor of all threads that are there. Exact while they sleep: the kernel accounts
/// for a thread that runs at its next tick.
std::chrono::nanoseconds processor_time(const std::vector<pid_t>& processes);
/// Whether every thread of them waits for something. One that is ready but has no processor does
/// not.
bool are_asleep(const std::vector<pid_t>& processes);
/// Memory by PSS: what is shared counts once, over all who share it. Without kernel memory.
std::uint64_t memory_bytes(const std::vector<pid_t>& processes);
/// How often a thread of them went to sleep, which is how often one was woken.
std::uint64_t wake_ups(const std::vector<pid_t>& processes);

}  // namespace treecast::bench
