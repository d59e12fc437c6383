// What an answer says of its reuse. Pure.
#pragma once

#include <cstdint>

namespace treecast::proxy {

/// Which Cache-Control an answer carries.
enum class Caching : std::uint8_t {
    revalidate,  // no-cache
    news,        // public, max-age=5: what waiters on the same version get
    none,        // no-store
};

}  // namespace treecast::proxy
