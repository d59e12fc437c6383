// One publication. It claims its revision at its begin and makes its changes current at its end.
// The daemon's thread.
//
// Order: the caller creates the segments first. Then come the entries, the log records and the
// header's revision (release). After the end the caller notifies the workers, and then unlinks
// superseded segments. A writer that dies at any point leaves a catalog that readers can read and
// the next writer can adopt.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <vector>

namespace treecast::ipc {

class CatalogWriter;
struct CatalogStorage;

class CatalogPublication {
public:
    enum class Claim {
        next,  // each change is logged at once
        /// Takes longer: publications of the other kind, with smaller revisions, begin and end
        /// meanwhile. They must not change its files before its end. It logs its changes then.
        ahead,
    };

    /// Claims the revision: max(last claimed + 1, `now_us`). One that is claimed ahead adds a
    /// second, as room for those in between; each of these claims the newest revision + 1. Throws
    /// std::logic_error if another of the same kind is under way, or if no revision is left before
    /// the one that was claimed ahead (CatalogWriter::has_room_before).
    CatalogPublication(CatalogWriter& catalog, std::uint64_t now_us, Claim claim = Claim::next);
    CatalogPublication(const CatalogPublication&) = delete;
    CatalogPublication& operator=(const CatalogPublication&) = delete;
    /// Kind `next`: commits, also during an exception, since readers see stored records before they
    /// are current. Kind `ahead`: leaves what is unfinished to the next daemon, which finds records
    /// newer than the log and completes it.
    ~CatalogPublication();

    std::uint64_t revision() const noexcept { return revision_; }
    /// Stores the record of one change. The caller has set its change_revision (and its
    /// content_revision if the content changed) to revision(). Throws std::logic_error for an id
    /// that was given back.
    void announce(FileId file, const Record& record);
    /// Makes the changes current; a second call does nothing. `changed_us` is the time to report as
    /// the last change; 0: when the publication began. One of kind `next` then frees some entries
    /// of deletions that the log no longer reaches.
    void commit(std::uint64_t changed_us = 0) noexcept;

private:
    std::uint64_t& revision_under_way() noexcept;

    CatalogStorage& storage_;
    const Claim claim_;
    const std::uint64_t begun_us_;
    std::uint64_t revision_ = 0;
    std::size_t announced_ = 0;
    std::vector<FileId> unlogged_;  // of one that was claimed ahead
    bool is_committed_ = false;
};

}  // namespace treecast::ipc
