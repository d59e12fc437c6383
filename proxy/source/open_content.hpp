// From a record of the catalog to the bytes of its version. One thread.
#pragma once

#include "base/error.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/net/content.hpp"

#include <cstdint>
#include <memory>

namespace treecast::proxy {

/// At most this is copied to the heap; sendfile from shared memory is faster for what is larger.
inline constexpr std::uint64_t heap_content_bytes_max = std::uint64_t{32} * 1024;

/// Errc::superseded if the version is gone (look up again), Errc::damaged.
Result<std::shared_ptr<Content>> open_content(
    const ipc::ObjectDirectory& directory,
    ipc::FileId file,
    const ipc::Record& record,
    Counters& counters
);

}  // namespace treecast::proxy
