// Makes segments. A segment is an immutable object that holds only one version's bytes.
//
// The writer fills a segment under the name load.N by write(2), never through a mapping, so that a
// full tmpfs is an error and not SIGBUS. Then it renames it to FILE_ID.REVISION, which must not
// exist. Several threads may write, each with its own writer object.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace treecast::ipc {

class SegmentWriter {
public:
    /// `load` is unique among the segments being filled. Errc::no_memory for ENOSPC. The
    /// directory outlives the writer.
    [[nodiscard]] static Result<SegmentWriter>
    create(const ObjectDirectory& directory, std::uint64_t load);
    SegmentWriter(SegmentWriter&&) noexcept;
    SegmentWriter& operator=(SegmentWriter&&) noexcept;
    /// Unlinks the object unless it was published.
    ~SegmentWriter();

    /// Allocates the memory of the first page in advance. Ignores a failure, since write() reports
    /// it.
    void reserve_first_page() noexcept;
    [[nodiscard]] ErrorCode write(const void* data, std::size_t bytes);
    /// Reads back what was written: all of `bytes`, which end within size().
    [[nodiscard]] ErrorCode read(std::uint64_t at, void* data, std::size_t bytes) const;
    std::uint64_t size() const noexcept { return size_; }
    /// Gives the object its final name. The destructor keeps it from then on.
    [[nodiscard]] ErrorCode publish(FileId file, std::uint64_t revision);

private:
    SegmentWriter(const ObjectDirectory& directory, UniqueFd fd, std::string name) noexcept;
    void discard() noexcept;

    const ObjectDirectory* directory_;  // outlives this
    UniqueFd fd_;                       // none once moved from
    std::string name_;
    std::uint64_t size_ = 0;
    bool published_ = false;
};

/// Unlinks a superseded or evicted segment; no error if it is gone.
void remove_segment(const ObjectDirectory& directory, FileId file, std::uint64_t revision) noexcept;

bool segment_exists(const ObjectDirectory& directory, FileId file, std::uint64_t revision) noexcept;

/// For adoption: calls `is_named` for every segment. Unlinks those for which it returns false, and
/// every load.N. Returns how many it unlinked.
std::size_t remove_unnamed_segments(
    const ObjectDirectory& directory,
    const std::function<bool(FileId, std::uint64_t revision)>& is_named
);

/// A segment's share of --memory-limit: its size rounded up to 4 KiB, plus 1 KiB.
std::uint64_t segment_cost(std::uint64_t size) noexcept;

}  // namespace treecast::ipc
