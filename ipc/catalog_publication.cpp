#include "ipc/catalog_publication.hpp"

#include "ipc/catalog_storage.hpp"
#include "ipc/catalog_writer.hpp"

#include <algorithm>
#include <stdexcept>

namespace treecast::ipc {

namespace {

/// A publication processes at most this many deletions plus twice its own changes: enough to catch
/// up, too few to delay its subscribers noticeably.
constexpr std::size_t deletions_per_commit = 256;

/// The revisions left free below one that is claimed ahead: one second of the clock, in us. That
/// suffices for a thousand publications a second, for longer than the one ahead can take.
constexpr std::uint64_t revisions_ahead = 1'000'000;

}  // namespace

CatalogPublication::CatalogPublication(CatalogWriter& catalog, std::uint64_t now_us, Claim claim)
    : storage_(catalog.storage()), claim_(claim), begun_us_(now_us) {
    if (revision_under_way() != 0)
        throw std::logic_error("a publication was begun before the last one ended");
    CatalogPages& pages = storage_.pages;
    if (claim == Claim::next && storage_.revision_ahead != 0) {
        if (!storage_.has_room_before_ahead())
            throw std::logic_error("no revision left before the one that was claimed ahead");
        revision_ = pages.header_value(HeaderWord::newest_revision) + 1;
    } else {
        revision_ = std::max(pages.header_value(HeaderWord::claimed_revision) + 1, now_us) +
                    (claim == Claim::ahead ? revisions_ahead : 0);
        pages.store_header(HeaderWord::claimed_revision, revision_);
    }
    revision_under_way() = revision_;
}

CatalogPublication::~CatalogPublication() {
    if (claim_ == Claim::next)
        commit();
    else if (!is_committed_)
        revision_under_way() = 0;
}

std::uint64_t& CatalogPublication::revision_under_way() noexcept {
    return claim_ == Claim::ahead ? storage_.revision_ahead : storage_.revision_next;
}

void CatalogPublication::announce(FileId file, const Record& record) {
    storage_.store(storage_.slot_in_use(file), record);
    if (claim_ == Claim::ahead)
        unlogged_.push_back(file);
    else
        storage_.log.append(record.change_revision, file);
    ++announced_;
}

void CatalogPublication::commit(std::uint64_t changed_us) noexcept {
    if (std::exchange(is_committed_, true))
        return;
    revision_under_way() = 0;
    for (const FileId file : unlogged_)
        storage_.log.append(revision_, file);
    storage_.pages.store_header(HeaderWord::last_change, changed_us != 0 ? changed_us : begun_us_);
    storage_.pages.store_header(HeaderWord::newest_revision, revision_);
    if (claim_ == Claim::next)
        static_cast<void>(storage_.forget_deletions(
            std::min(deletions_per_commit + 2 * announced_, CatalogStorage::forgotten_at_once_max)
        ));
}

}  // namespace treecast::ipc
