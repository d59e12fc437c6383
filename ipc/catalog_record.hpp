// The catalog's record of one file, decoded. Shared by writer and readers, copied by value.
//
// catalog_layout.hpp and docs/format-catalog.md have the byte layout.
#pragma once

#include "base/sha256.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace treecast::ipc {

/// Identifies one entry for as long as it stands for one path: the slot's index in the low 32 bits,
/// its generation in the high 32. An id whose slot was reused reads as absent.
struct FileId {
    std::uint64_t value = 0;

    std::uint32_t slot() const noexcept { return static_cast<std::uint32_t>(value); }
    std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(value >> 32); }
    friend bool operator==(const FileId&, const FileId&) = default;
    friend bool operator<(FileId a, FileId b) noexcept { return a.value < b.value; }
};

enum class FileState : std::uint8_t {
    none = 0,     // a free slot; readers never see it
    directory,    // holds other entries; not announced. With a change_revision: it was a file that
                  // was deleted by that revision
    present,      // a regular file that can be served
    deleted,      // kept until the log no longer reaches its deletion. With change_revision 0: new
                  // or forgotten, never announced as far as readers can see
    unavailable,  // exists but cannot be served; see UnavailableReason
};

enum class UnavailableReason : std::uint8_t {
    none = 0,
    unreadable,      // cannot be opened or read
    too_large,       // above --max-file-size
    no_memory,       // shared memory has no room for its content
    unstable,        // changed during every attempt to copy it
    private_file,    // lacks the world-read bit
    no_descriptors,  // the daemon, or the machine, has no file descriptor left
    hung,            // a stat or read of it does not return
};

/// "unreadable", "too_large", ... as the HTTP interface names them.
const char* to_string(UnavailableReason reason) noexcept;

struct Record {
    std::uint64_t change_revision = 0;   // of the newest announced change
    std::uint64_t content_revision = 0;  // of the newest change of the bytes, or of the deletion
    std::uint64_t inode = 0;
    std::uint64_t size = 0;        // bytes
    std::int64_t mtime_ns = 0;     // since 1970, as made by pack_file_time()
    std::uint32_t ctime_mark = 0;  // as made by mark_ctime()
    std::uint32_t device = 0;      // as packed by pack_device()
    std::uint16_t mode = 0;        // file type and permission bits, as in st_mode
    FileState state = FileState::none;
    /// Why it is unavailable. For a present file: why the new content could not be read. Its
    /// content is then stale, since change_revision at the latest.
    UnavailableReason reason = UnavailableReason::none;
    bool resident = false;         // segment FILE_ID.CONTENT_REVISION exists
    bool hash_known = false;       // sha256 is that of content_revision
    std::uint32_t date_floor = 0;  // date_mark() of the newest date that another version of the
                                   // path had, or these bytes before; 0: none (file_date.hpp)
    bool size_was_read = false;    // stat gives another size than the content has
    Sha256 sha256{};

    friend bool operator==(const Record&, const Record&) = default;
};

/// dev_t folded to 32 bits; only compared for equality.
std::uint32_t pack_device(std::uint64_t device) noexcept;

/// A ctime mixed to 32 bits; only compared for equality.
std::uint32_t mark_ctime(std::int64_t ctime_ns) noexcept;

/// Whether its old content is still served although the file has, or may have, other content.
inline bool is_stale(const Record& record) noexcept {
    return record.state == FileState::present && record.reason != UnavailableReason::none;
}

/// One line of the change log.
struct LogRecord {
    std::uint64_t revision = 0;
    FileId file;
};

/// The daemon's counters for status and monitoring. `watches` and the two `unwatched_*` are current
/// values. The others only grow for as long as the daemon runs.
enum class Counter : std::uint8_t {
    watches,                // inotify watches in use
    unwatched_directories,  // polled, because the limit of watches is reached
    overflows,              // how often inotify lost events and the tree was read again
    refused_links,          // links that lead out of the root, in circles, or are too many
    skipped_names,          // names that are no UTF-8 or too long
    published_while_open,   // --open-limit passed: perhaps in the middle of a write
    read_without_lease,     // contents read without a lease: a writer may have had the file open
    audits,                 // rounds through the whole tree
    audit_repairs,          // changes that an audit found and no event had reported
    unwatched_files,        // polled, because the limit of watches is reached
};
inline constexpr std::uint32_t counter_count = 10;
/// "watches", "unwatched_directories", ... as the HTTP interface names them.
const char* to_string(Counter counter) noexcept;

/// The header's words, each loaded once. They are not a consistent snapshot of one moment.
struct CatalogHeader {
    std::uint64_t epoch = 0;
    std::uint64_t newest_revision = 0;     // every change up to here is in entries and log
    std::uint64_t claimed_revision = 0;    // the newest that an entry may show; a cursor above it
                                           // is not from this catalog's past
    std::uint64_t forgotten_revision = 0;  // the newest deletion whose entry was reused
    std::uint64_t log_floor = 0;           // the log holds every change with a greater revision
    std::int64_t heartbeat_ns = 0;         // CLOCK_BOOTTIME
    bool scan_complete = false;            // until then: 503 for unknown paths
    bool leases = true;                    // not --no-leases
    std::uint64_t files = 0;               // entries in state present or unavailable
    std::uint64_t stale_files = 0;         // of these, present ones whose content is stale
    std::uint64_t resident_files = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t last_change_us = 0;  // CLOCK_REALTIME of the newest publication, 0: none
    std::uint32_t daemon_pid = 0;
    std::array<std::uint64_t, counter_count> counters{};  // by Counter
    std::string degraded;  // why; empty: not degraded. At most 503 bytes
};

}  // namespace treecast::ipc

template <>
struct std::hash<treecast::ipc::FileId> {
    std::size_t operator()(const treecast::ipc::FileId& file) const noexcept {
        return std::hash<std::uint64_t>()(file.value);
    }
};
