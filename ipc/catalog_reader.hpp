// The readers' half of the catalog: maps it read-only, trusts nothing in it, blocks nobody.
//
// Any number of threads may use one reader at once: it has no mutable state but a cached object
// length (atomic). Lookups and reads take no lock, send no message and allocate nothing
// unless they return a string. Every index, offset and length is loaded once into a local and
// checked before use; whatever fails its check reads as absent or as Errc::damaged.
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

    /// ENOENT or Errc::not_published while there is none, Errc::layout_mismatch,
    /// Errc::foreign_owner, Errc::damaged. Checks in this order: owner, length, magic, layout
    /// version, header bounds.
    [[nodiscard]] static Result<CatalogReader> attach(const ObjectDirectory& directory);
    /// Over a mapping that was made and checked elsewhere: the writer's own, so that one process
    /// shows ThreadSanitizer both sides.
    static CatalogReader attach(std::shared_ptr<const CatalogMapping> mapping);
    CatalogReader(CatalogReader&&) noexcept;
    CatalogReader& operator=(CatalogReader&&) noexcept;
    ~CatalogReader();

    CatalogHeader header() const;
    std::uint64_t epoch() const noexcept;
    /// Header words that a request needs, each one load.
    std::uint64_t newest_revision() const noexcept;
    std::uint64_t claimed_revision() const noexcept;
    std::uint64_t forgotten_revision() const noexcept;
    bool scan_complete() const noexcept;

    /// Whether a daemon holds its lock on this catalog (a system call). False at once when it
    /// has died, and for a catalog that a successor has replaced.
    bool daemon_alive() const;
    /// How long ago the daemon's heartbeat was, by CLOCK_BOOTTIME; the time since boot if it lies
    /// in the future.
    std::chrono::nanoseconds heartbeat_age() const;
    /// Whether the directory's catalog is still the one that is mapped, and mapped as a whole.
    /// If not, attach again.
    bool still_current(const ObjectDirectory& directory) const;

    /// The entry of a path, deleted ones and directories included. A deleted one with
    /// change_revision 0 was never announced: as good as none.
    std::optional<Found> find(std::string_view path) const;
    /// nullopt if the id's slot has been reused or never was. change_revision 0 as for find():
    /// an entry that is given back reads so for a moment.
    std::optional<Record> read(FileId file) const;
    std::optional<std::string> path(FileId file) const;

    /// Appends the files that changed after revision `after`, oldest first (a file may be named
    /// more than once). False if the log no longer reaches back to `after`: then walk().
    /// Read newest_revision() before, and use that as the next `after`.
    [[nodiscard]] bool changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const;
    /// Every entry that was announced (change_revision is not 0), in slot order; directories only
    /// if they were files before. `visit` returns false to stop.
    void walk(const std::function<bool(FileId, const Record&)>& visit) const;

private:
    explicit CatalogReader(std::unique_ptr<const CatalogLookup> lookup);
    std::unique_ptr<const CatalogLookup> lookup_;
};

}  // namespace treecast::ipc
