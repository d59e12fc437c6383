// The readers' half of the catalog: maps it read-only, trusts none of its bytes, blocks nobody.
//
// Any number of threads may use one reader at once: its only mutable state is the object's cached
// length (atomic). No call takes a lock or sends a message. find() and read() allocate nothing.
// Every index, offset and length is loaded once into a local and checked before use. What fails its
// check reads as absent, or as Errc::damaged in attach().
#pragma once

#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::ipc {

class CatalogMapping;
class CatalogLookup;

class CatalogReader {
public:
    struct Found {
        FileId file;
        Record record;
    };

    /// ENOENT while there is no catalog, Errc::layout_mismatch, Errc::foreign_owner, Errc::damaged,
    /// or an error of openat(2) or mmap(2). Checks in this order: owner, length, magic, layout
    /// version, header bounds.
    [[nodiscard]] static Result<CatalogReader> attach(const ObjectDirectory& directory);
    /// Uses a mapping that was made and checked elsewhere. Tests pass the writer's own, so that
    /// ThreadSanitizer sees both sides in one process.
    static CatalogReader attach(std::shared_ptr<const CatalogMapping> mapping);
    /// Another reader of the same catalog, for another thread, which may outlive this one.
    CatalogReader share() const;
    CatalogReader(CatalogReader&&) noexcept;
    CatalogReader& operator=(CatalogReader&&) noexcept;
    ~CatalogReader();

    CatalogHeader header() const;
    std::uint64_t epoch() const noexcept;
    /// The header words that a request needs. Each call is one load.
    std::uint64_t newest_revision() const noexcept;
    std::uint64_t claimed_revision() const noexcept;
    std::uint64_t forgotten_revision() const noexcept;
    bool scan_complete() const noexcept;

    /// Whether a daemon holds its lock on this catalog (one system call). False as soon as the
    /// daemon has died, and for a catalog that a successor has replaced.
    bool daemon_alive() const;
    /// The age of the daemon's heartbeat by CLOCK_BOOTTIME. For a heartbeat in the future, the time
    /// since boot.
    std::chrono::nanoseconds heartbeat_age() const;
    /// Whether the mapped catalog is still the directory's, and the mapping covers all of it.
    /// If not, attach again.
    bool still_current(const ObjectDirectory& directory) const;

    /// The entry of a path, deleted ones and directories included. A deleted one with
    /// change_revision 0 was never announced: treat it as absent.
    std::optional<Found> find(std::string_view path) const;
    /// nullopt if the id's slot is free, reused or out of range. Treat a deleted record with
    /// change_revision 0 as absent: an entry that is being given back reads so for a moment.
    std::optional<Record> read(FileId file) const;
    std::optional<std::string> path(FileId file) const;

    /// Appends the files that changed after revision `after`, oldest first (a file may occur more
    /// than once). False if the log no longer reaches back to `after`: call walk() then. Call
    /// newest_revision() first, and use its result as the next `after`.
    [[nodiscard]] bool changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const;
    /// The revision half the log's size ago; 0 if fewer changes were logged. A cursor before it
    /// will be unknown before long if changes go on.
    std::uint64_t middle_of_log() const noexcept;
    /// Visits every entry that was announced (change_revision is not 0), in slot order; directories
    /// only if they were files before. `visit` returns false to stop.
    void walk(const std::function<bool(FileId, const Record&)>& visit) const;
    /// The same from behind a slot, to go on after an entry whose FileId::slot() it is.
    void walk(std::uint32_t after_slot, const std::function<bool(FileId, const Record&)>& visit)
        const;
    using PathVisitor = std::function<bool(FileId, const Record&, std::string_view path)>;
    /// Visits what walk() would, if its path begins with `prefix` ("": all; "a/": what lies below
    /// the directory a; "a/b": also its entries whose names begin with b, and what lies below
    /// those). Costs as much as lies beneath, and the other entries of that directory. The order is
    /// undefined, but an entry is visited before those below it. What is there all the time is
    /// visited once, other entries at most once.
    void walk_below(std::string_view prefix, const PathVisitor& visit) const;

private:
    explicit CatalogReader(std::unique_ptr<const CatalogLookup> lookup);
    std::unique_ptr<const CatalogLookup> lookup_;
};

}  // namespace treecast::ipc
