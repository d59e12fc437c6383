// Opens a version's bytes for reading; docs/format-segment.md.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"

namespace treecast::ipc {

/// Opens the segment of `record`, which is resident. Errc::superseded if it is gone: look the file
/// up again. Errc::damaged if it is not a regular file of the directory's owner with the record's
/// size. The descriptor is O_RDONLY. The kernel keeps the pages until it is closed, even after the
/// name is gone.
[[nodiscard]] Result<UniqueFd>
open_segment(const ObjectDirectory& directory, FileId file, const Record& record);

}  // namespace treecast::ipc
