// Copies a file into a segment, or only hashes it, and says whether the copy can be trusted.
//
// What proves that bytes belong together (design.md, "Watching and capture"): the first stat is
// taken when the coarse clock is past the file's ctime, the second one after the copy is the same,
// and a lease that the kernel would refuse while anybody has the file open for writing is granted
// before and after. Where leases are not to be had, a second read must give the same hash. A file
// that arrived by rename need not be past its ctime where the lease is granted.
#pragma once

#include "daemon/look.hpp"
#include "daemon/segment_stock.hpp"
#include "ipc/segment_writer.hpp"
#include "watcher/file_stat.hpp"

#include <treecast/sha256.hpp>

#include <cstdint>
#include <optional>

namespace treecast::daemon {

/// The version that subscribers have; what is longer and begins with it may be published early.
struct PublishedContent {
    std::uint64_t size = 0;
    Sha256 sha256{};
};

struct CaptureRequest {
    SegmentStock* segments = nullptr;  // where the one to be filled is from; null: only hash
    bool arrived_whole = false;        // by rename: the writer who made it was done with it
    bool writer_accepted = false;      // take it although a writer has it open
    bool change_accepted = false;      // even while it changes, as long as it does not shrink
    bool may_block = false;            // false: give up (would_block) rather than wait for a disk
    std::uint64_t size_max = 0;        // --max-file-size
    std::optional<PublishedContent> published;
    /// A writer that never pauses is in the file: `writer_inside` although it changes meanwhile,
    /// with the bytes up to the size at first.
    bool extension_accepted = false;
};

enum class CaptureEnd {
    captured,
    too_soon,       // the clock is not (far enough) past ctime; again after a tick
    would_block,    // again where blocking is allowed
    changed,        // it changed while it was copied; again after a pause
    writer_inside,  // somebody has it open for writing; `extends_published` tells what was read
    too_large,
    no_memory,
    failed,  // cannot be opened or read: `error`
};

struct Capture {
    CaptureEnd end = CaptureEnd::failed;
    watcher::FileStat stat;
    Sha256 sha256{};
    std::optional<ipc::SegmentWriter> segment;  // of captured and writer_inside, where asked for
    bool writer_ruled_out = false;   // of captured: by a lease, or the request accepts a writer
    bool extends_published = false;  // longer than what is published, and begins so
    ErrorCode error;
};

/// Files above this size are not read where blocking is not allowed, in memory or not.
inline constexpr std::uint64_t inline_bytes_max = std::uint64_t{256} * 1024;

/// `look` has seen a file, just now: its stat is the first. Thread safe.
Capture capture(const Look& look, const CaptureRequest& request);

/// Whether the kernel vouches that nobody has the file open for writing.
bool surely_no_writer(int handle);

}  // namespace treecast::daemon
