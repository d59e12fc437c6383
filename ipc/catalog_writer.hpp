// The daemon's half of the catalog: its entries and its header. One process, one thread.
//
// A CatalogPublication announces the changes that subscribers see (catalog_publication.hpp).
#pragma once

#include "ipc/catalog_limits.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::ipc {

class CatalogMapping;
struct CatalogStorage;

class CatalogWriter {
public:
    /// Adopts the directory's catalog if it is sound: rebuilds index, links and free lists from its
    /// entries, and keeps epoch and revisions. If not, makes a new one with a new epoch. It
    /// replaces an unsound catalog and never overwrites its bytes, since proxies may have it
    /// mapped. Locks the catalog, so that readers see that this process is alive. Throws
    /// StartupError(configuration) if there is no room, another user owns it or another daemon
    /// writes it. An adopted catalog is degraded until set_degraded("").
    explicit CatalogWriter(const ObjectDirectory& directory, CatalogLimits limits = {});
    CatalogWriter(const CatalogWriter&) = delete;
    CatalogWriter& operator=(const CatalogWriter&) = delete;
    ~CatalogWriter();

    bool adopted() const noexcept;
    std::uint64_t epoch() const noexcept;
    std::uint64_t newest_revision() const noexcept;

    std::optional<FileId> find(std::string_view path) const;
    /// The entry of a path. If it is missing, makes it in state `deleted` with revisions 0,
    /// together with the directories above it, and announces nothing. Errc::invalid_path,
    /// Errc::catalog_full, Errc::no_memory. The id of a deleted entry is valid until the end of the
    /// next publication; any other until the entry is announced as deleted or given back.
    [[nodiscard]] Result<FileId> find_or_make(std::string_view path);
    /// The entry's record; in state `none` if the id was given back.
    Record read(FileId file) const;
    std::string path(FileId file) const;
    /// The entries directly below a directory ("" is the root), directories included.
    std::vector<FileId> children(std::string_view directory) const;
    /// Whether entries lie below it. It need not be a directory any more.
    bool has_children(FileId file) const;
    /// The entries below a directory, at any depth. A directory precedes the entries below it.
    std::vector<FileId> below(std::string_view directory) const;
    /// Visits every entry below a directory, at any depth, that is not a directory itself.
    void for_each_below(
        std::string_view directory,
        const std::function<void(FileId, const Record&)>& visit
    ) const;

    /// Stores a record without an announcement (a new mtime alone, residency, a computed hash). The
    /// revisions in `record` are stored as they are. An entry that is a directory stays one; it
    /// reads as `directory` once it is not a file any more. Throws std::logic_error for an id that
    /// was given back.
    void store(FileId file, const Record& record);
    /// Marks the path as a directory, or as no directory. Gives back former directories without
    /// children. Announces nothing: a file of that name is still served until its deletion is
    /// announced.
    [[nodiscard]] ErrorCode set_directory(std::string_view path, bool is_directory);
    /// Gives back an entry that was never announced (revisions 0).
    void discard(FileId file);

    /// Whether a revision is left for another publication before the one that was claimed ahead.
    bool has_room_before() const noexcept;
    /// Gives back some entries of deletions that the log no longer reaches. False if none are left.
    bool forget_some();

    void beat();  // heartbeat, CLOCK_BOOTTIME
    void set_scan_complete();
    /// Whether the daemon requests leases. Without this call, a predecessor's value stays.
    void set_leases(bool are_taken);
    void set_degraded(std::string_view why);  // "": not degraded
    void set_residency(std::uint64_t files, std::uint64_t bytes);
    void set_counter(Counter counter, std::uint64_t value);

    std::uint64_t files() const noexcept;
    std::uint64_t capacity_bytes() const noexcept;
    /// The mapping, for a CatalogReader in the same process (tests).
    std::shared_ptr<const CatalogMapping> mapping() const;

private:
    friend class CatalogPublication;
    struct State;
    CatalogStorage& storage() noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace treecast::ipc
