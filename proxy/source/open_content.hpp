// Opens the content of a record of the catalog, or of what was made once for many. One thread.
#pragma once

#include "base/error.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/net/content.hpp"
#include "proxy/source/made_contents.hpp"

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

/// What a worker sends of `made`. It opens no descriptor: all workers share that of `made`.
std::shared_ptr<Content>
share_made(const std::shared_ptr<const MadeContent>& made, Counters& counters);

}  // namespace treecast::proxy
