// The daemon's half of the catalog: its entries and its header. One process, one thread.
//
// What changes for subscribers is announced by a CatalogPublication (catalog_publication.hpp).
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
    /// Adopts the directory's catalog if it is sound: rebuilds index, links and free lists from
    /// its entries, keeps epoch and revisions. Otherwise makes a new one with a new epoch (an
    /// unsound one is unlinked, never overwritten: proxies may have it mapped). Takes the lock by
    /// which readers see this process live. Throws StartupError(configuration) if there is no
    /// room or another user owns it. An adopted catalog is degraded until set_degraded() says
    /// otherwise.
    explicit CatalogWriter(const ObjectDirectory& directory, CatalogLimits limits = {});
    CatalogWriter(const CatalogWriter&) = delete;
    CatalogWriter& operator=(const CatalogWriter&) = delete;
    ~CatalogWriter();

    bool adopted() const noexcept;
    std::uint64_t epoch() const noexcept;
    std::uint64_t newest_revision() const noexcept;

    std::optional<FileId> find(std::string_view path) const;
    /// The entry of a path; made in state `deleted` with revisions 0, unannounced, together
    /// with the directories above it if missing. Errc::invalid_path, Errc::catalog_full,
    /// Errc::no_memory. The id of a deleted entry is good until the end of the next publication,
    /// any other for as long as the entry is not announced as deleted or given back.
    [[nodiscard]] Result<FileId> find_or_make(std::string_view path);
    /// In state `none` if the id was given back.
    Record read(FileId file) const;
    std::string path(FileId file) const;
    /// The entries directly below a directory ("" is the root), directories included.
    std::vector<FileId> children(std::string_view directory) const;
    /// Whether entries lie below it, whatever it is itself by now.
    bool has_children(FileId file) const;
    /// The entries below a directory, any depth, directories included and before what is in them.
    std::vector<FileId> below(std::string_view directory) const;
    /// Every entry below a directory that is no directory itself, any depth.
    void for_each_below(
        std::string_view directory,
        const std::function<void(FileId, const Record&)>& visit
    ) const;

    /// Stores a record without announcing anything (mtime alone, residency, a hash learnt):
    /// keeps the revisions that are in `record`. Whether the entry is a directory stays as it is:
    /// one that is reads as `directory` once it is no file any more. Throws std::logic_error for
    /// an id that was given back.
    void store(FileId file, const Record& record);
    /// Marks the path as a directory, or as one no longer; childless former directories are
    /// given back. Not announced: a file of that name is served on until its deletion is.
    [[nodiscard]] ErrorCode set_directory(std::string_view path, bool is_directory);
    /// Gives back an entry that was never announced (revisions 0).
    void discard(FileId file);

    /// Whether there is a revision left for another publication before the one that was claimed
    /// ahead.
    bool has_room_before() const noexcept;
    /// Gives back some entries of deletions that the log no longer reaches. False: there are none
    /// left.
    bool forget_some();

    void beat();  // heartbeat, CLOCK_BOOTTIME
    void set_scan_complete();
    /// Whether leases are asked for; without this call, as a predecessor said.
    void set_leases(bool asked_for);
    void set_degraded(std::string_view why);  // "" when not
    void set_residency(std::uint64_t files, std::uint64_t bytes);
    void set_counter(Counter counter, std::uint64_t value);

    std::uint64_t files() const noexcept;
    std::uint64_t capacity_bytes() const noexcept;
    /// For a CatalogReader in the same process (tests).
    std::shared_ptr<const CatalogMapping> mapping() const;

private:
    friend class CatalogPublication;
    struct State;
    CatalogStorage& storage() noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace treecast::ipc
