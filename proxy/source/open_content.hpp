// Opens the content of a record of the catalog. One thread.
#pragma once

#include "base/error.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/net/content.hpp"

#include <cstdint>
#include <memory>

namespace treecast::proxy {

/// Contents up to this size are copied to the heap. For larger ones, sendfile from shared memory is
/// faster.
inline constexpr std::uint64_t heap_content_bytes_max = std::uint64_t{32} * 1024;

/// Fails with Errc::superseded if the version is gone (look at the catalog again), or with
/// Errc::damaged.
Result<std::shared_ptr<Content>> open_content(
    const ipc::ObjectDirectory& directory,
    ipc::FileId file,
    const ipc::Record& record,
    Counters& counters
);

}  // namespace treecast::proxy
