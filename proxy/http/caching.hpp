// The Cache-Control of an answer. Pure.
#pragma once

#include <cstdint>

namespace treecast::proxy {

/// Which Cache-Control an answer carries.
enum class Caching : std::uint8_t {
    revalidate,  // no-cache
    news,        // public, max-age=5: changes that are sent to waiters on the same version
    none,        // no-store
};

}  // namespace treecast::proxy
