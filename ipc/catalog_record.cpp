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
    }
    return "unknown";
}

std::uint32_t pack_device(std::uint64_t device) noexcept {
    // Linux has 12 bits of major and 20 of minor number, which glibc spreads over 64: the
    // low 32 bits of dev_t hold both, unless the major is above 4095.
    return static_cast<std::uint32_t>(device ^ device >> 32);
}

}  // namespace treecast::ipc
