// Copies a file into a segment, or only hashes it, and decides whether the copy can be trusted.
//
// A copy is trusted (docs/decisions.md, "Capture") if the coarse clock is past the file's ctime at
// the first stat, if the stat after the copy is the same, and if the kernel grants a read lease
// before and after. The kernel refuses that lease while anybody has the file open for writing.
//
// Where no lease can be had, the file must be at least a second old, and a second read must give
// the same bytes. A file that arrived by rename need not be that old; with a lease it need not be
// past its ctime either. For files that the kernel makes on each read (procfs, sysfs), stat proves
// nothing, not even the size: two equal reads are the proof.
#pragma once

#include "base/sha256.hpp"
#include "daemon/file_copy.hpp"
#include "daemon/look.hpp"
#include "daemon/segment_stock.hpp"
#include "ipc/segment_writer.hpp"
#include "watcher/file_stat.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

struct CaptureRequest {
    SegmentStock* segments = nullptr;  // source of the segment to fill; null: only hash
    bool arrived_whole = false;        // by rename: complete, unless a writer is inside
    bool writer_accepted = false;      // copy it although a writer has it open
    bool change_accepted = false;      // copy it even while it changes, unless it shrinks
    bool hash_last = false;       // it changed during an earlier copy: hash the copy afterwards
    bool may_block = false;       // false: give up (would_block) rather than wait for a disk
    bool may_take_leases = true;  // false: no lease, as if the kernel refused it
    std::uint64_t size_max = 0;   // --max-file-size
    std::optional<PublishedContent> published;
    /// A writer that never pauses is in the file. If the file changes during the copy, the result
    /// is `writer_inside` with the bytes up to the first size.
    bool extension_accepted = false;

    friend bool operator==(const CaptureRequest&, const CaptureRequest&) = default;
};

enum class CaptureEnd {
    captured,
    too_soon,       // the clock is not far enough past ctime: retry after a tick
    would_block,    // retry where blocking is allowed
    changed,        // it changed during the copy: retry after a pause
    unsteady,       // two reads gave different bytes, and stat proves nothing
    writer_inside,  // a writer has it open; see `extends_published`
    too_large,
    no_memory,
    failed,  // cannot be opened or read: `error`
};

struct Capture {
    CaptureEnd end = CaptureEnd::failed;
    watcher::FileStat stat;
    std::uint64_t size = 0;  // of the content; equals stat's, unless stat does not know it
    Sha256 sha256{};
    std::optional<ipc::SegmentWriter> segment;  // of captured and writer_inside, if requested
    /// Set with `captured` only: a lease showed that no writer was inside, or a writer is accepted.
    /// It is never set for a file that arrived whole.
    bool writer_ruled_out = false;
    bool lease_refused = false;      // no lease: it is unknown whether a writer is inside
    bool proved_by_age = false;      // of lease_refused: it was old enough, and read twice
    bool extends_published = false;  // longer than the published content, and begins with it
    ErrorCode error;
};

/// `look` has just found a file; its stat is the first one. Thread safe.
Capture capture(const Look& look, const CaptureRequest& request);

}  // namespace treecast::daemon
