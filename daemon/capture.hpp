// Copies a file into a segment, or only hashes it, and says whether the copy can be trusted.
//
// What proves that bytes belong together (docs/decisions.md, "Capture"): the first stat is
// taken when the coarse clock is past the file's ctime, the second one after the copy is the same,
// and a lease that the kernel would refuse while anybody has the file open for writing is granted
// before and after. Where leases are not to be had, a second read must give the same bytes. A file
// that arrived by rename need not be past its ctime where the lease is granted. Of what the kernel
// makes as it is read (procfs, sysfs) stat proves nothing, not even the size: two readings do.
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
    SegmentStock* segments = nullptr;  // where the one to be filled is from; null: only hash
    bool arrived_whole = false;        // by rename: its writer was done with it if none is inside
    bool writer_accepted = false;      // take it although a writer has it open
    bool change_accepted = false;      // even while it changes, as long as it does not shrink
    bool hash_last = false;            // it has not held still for a hash
    bool may_block = false;            // false: give up (would_block) rather than wait for a disk
    bool may_take_leases = true;       // false: as where the kernel refuses them
    std::uint64_t size_max = 0;        // --max-file-size
    std::optional<PublishedContent> published;
    /// A writer that never pauses is in the file: `writer_inside` although it changes meanwhile,
    /// with the bytes up to the size at first.
    bool extension_accepted = false;

    friend bool operator==(const CaptureRequest&, const CaptureRequest&) = default;
};

enum class CaptureEnd {
    captured,
    too_soon,       // the clock is not (far enough) past ctime; again after a tick
    would_block,    // again where blocking is allowed
    changed,        // it changed while it was copied; again after a pause
    unsteady,       // each reading gives something else, though nobody changes it
    writer_inside,  // somebody has it open for writing; `extends_published` tells what was read
    too_large,
    no_memory,
    failed,  // cannot be opened or read: `error`
};

struct Capture {
    CaptureEnd end = CaptureEnd::failed;
    watcher::FileStat stat;
    std::uint64_t size = 0;  // of the content; stat's, but of a file whose stat does not tell it
    Sha256 sha256{};
    std::optional<ipc::SegmentWriter> segment;  // of captured and writer_inside, where asked for
    bool writer_ruled_out = false;   // of captured: by a lease, or the request accepts a writer
    bool lease_refused = false;      // whether somebody has it open for writing cannot be asked
    bool proved_by_age = false;      // of lease_refused: it was left alone for long, and read twice
    bool extends_published = false;  // longer than what is published, and begins so
    ErrorCode error;
};

/// `look` has seen a file, just now: its stat is the first. Thread safe.
Capture capture(const Look& look, const CaptureRequest& request);

}  // namespace treecast::daemon
