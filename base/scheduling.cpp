#include "base/scheduling.hpp"

#include <cstdint>

#include <sys/syscall.h>
#include <unistd.h>

namespace treecast {

namespace {

constexpr std::uint64_t shortest_slice_ns = 100'000;
constexpr std::uint32_t policy_other = 0;  // SCHED_OTHER

/// `struct sched_attr` in its first version. The kernel's header cannot be included beside the C
/// library's <sched.h>, and Debian 12's C library has no wrapper for the calls.
struct SchedulingAttributes {
    std::uint32_t size = sizeof(SchedulingAttributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0;
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

ErrorCode ask_for_short_slices() noexcept {
    SchedulingAttributes attributes;
    if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
        return last_system_error();
    if (attributes.policy != policy_other)
        return {};
    attributes.runtime_ns = shortest_slice_ns;
    if (::syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
        return last_system_error();
    return {};
}

}  // namespace treecast
