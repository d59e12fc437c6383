#include "ipc/catalog_record.hpp"

namespace treecast::ipc {

const char* to_string(UnavailableReason reason) noexcept {
    switch (reason) {
        case UnavailableReason::none:
            return "none";
        case UnavailableReason::unreadable:
            return "unreadable";
        case UnavailableReason::too_large:
            return "too_large";
        case UnavailableReason::no_memory:
            return "no_memory";
        case UnavailableReason::unstable:
            return "unstable";
        case UnavailableReason::private_file:
            return "private";
        case UnavailableReason::no_descriptors:
            return "no_descriptors";
        case UnavailableReason::hung:
            return "hung";
    }
    return "unknown";
}

const char* to_string(Counter counter) noexcept {
    switch (counter) {
        case Counter::watches:
            return "watches";
        case Counter::unwatched_directories:
            return "unwatched_directories";
        case Counter::overflows:
            return "overflows";
        case Counter::refused_links:
            return "refused_links";
        case Counter::skipped_names:
            return "skipped_names";
        case Counter::published_while_open:
            return "published_while_open";
        case Counter::read_without_lease:
            return "read_without_lease";
        case Counter::audits:
            return "audits";
        case Counter::audit_repairs:
            return "audit_repairs";
        case Counter::unwatched_files:
            return "unwatched_files";
    }
    return "unknown";
}

std::uint32_t pack_device(std::uint64_t device) noexcept {
    // A major number has 12 bits on Linux and a minor number 20. The low 32 bits of glibc's dev_t
    // hold both, unless the major number is above 4095.
    return static_cast<std::uint32_t>(device ^ device >> 32);
}

std::uint32_t mark_ctime(std::int64_t ctime_ns) noexcept {
    // MurmurHash3's mixer. Two different times get the same mark by chance, once in four billion.
    auto mixed = static_cast<std::uint64_t>(ctime_ns);
    mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccd;
    mixed = (mixed ^ mixed >> 33) * 0xc4ceb9fe1a85ec53;
    return static_cast<std::uint32_t>(mixed ^ mixed >> 33);
}

}  // namespace treecast::ipc
