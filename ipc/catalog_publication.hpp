// One publication: it claims its revision when it begins and makes its changes current when it
// ends. The daemon's thread.
//
// Order: segments are in place before it begins; then entries, log slots, header revision
// (release). The caller rings the bell after the end, and unlinks superseded segments after that.
// A writer that dies anywhere leaves a catalog that readers can read and that the next writer
// adopts.
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
        next,  // one at a time; its changes are logged one by one
        /// Stored over some time: others, with smaller revisions, begin and end meanwhile. What it
        /// has changed cannot be changed by others before its end, at which its changes are logged.
        ahead,
    };

    /// Claims the revision: max(previous + 1, `now_us`), or far enough beyond that for many others
    /// in between. Throws std::logic_error if another of the kind is under way, or if there is no
    /// revision left before the one that was claimed ahead (CatalogWriter::has_room_before).
    CatalogPublication(CatalogWriter& catalog, std::uint64_t now_us, Claim claim = Claim::next);
    CatalogPublication(const CatalogPublication&) = delete;
    CatalogPublication& operator=(const CatalogPublication&) = delete;
    /// Commits, also when an exception is under way: readers see the records that are stored
    /// whether or not they are current, so whoever waits for them is to hear of them.
    ~CatalogPublication();

    std::uint64_t revision() const noexcept { return revision_; }
    /// One change: stores the record, whose change_revision (and content_revision where the content
    /// changed) the caller set to revision(). Throws std::logic_error for an id that was given
    /// back.
    void announce(FileId file, const Record& record);
    /// Makes the changes current, once. `changed_us` is when that was; 0: when it began. Entries of
    /// deletions that the log no longer reaches are used again from here on.
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
