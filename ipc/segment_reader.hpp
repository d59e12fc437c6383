// Opens a version's bytes for reading; docs/format-segment.md.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"

namespace treecast::ipc {

/// The segment of `record` (which says it is resident). Errc::superseded if it is gone: look the
/// file up again. Errc::damaged if owner, kind or length are not what the record says. The
/// descriptor is O_RDONLY; the kernel keeps its pages until it is closed, whatever happens to the
/// name.
[[nodiscard]] Result<UniqueFd>
open_segment(const ObjectDirectory& directory, FileId file, const Record& record);

}  // namespace treecast::ipc
