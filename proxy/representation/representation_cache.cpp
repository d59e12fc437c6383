#include "proxy/representation/representation_cache.hpp"

#include "proxy/source/open_content.hpp"

#include <utility>

namespace treecast::proxy {

Representation& RepresentationCache::get(
    ipc::FileId file,
    const ipc::Record& record,
    std::uint64_t epoch,
    std::string_view path
) {
    const auto found = by_file_.find(file.value);
    if (found != by_file_.end()) {
        Representation& representation = *found->second;
        if (representation.is_of(record)) {
            representation.mark_used();
            recent_.splice(recent_.begin(), recent_, recent_.iterator_to(representation));
            return representation;
        }
        erase(representation);
    }
    make_room();
    auto owned = std::make_unique<Representation>(file, record, epoch, types_.of(path));
    Representation& representation = *owned;
    by_file_.emplace(file.value, std::move(owned));
    recent_.push_front(representation);
    return representation;
}

ErrorCode
RepresentationCache::open(Representation& representation, const ipc::ObjectDirectory& directory) {
    if (representation.content())
        return {};
    auto content =
        open_content(directory, representation.file(), representation.record(), counters_);
    if (!content)
        return content.error();
    if ((*content)->on_heap())
        heap_bytes_ += (*content)->size();
    representation.set_content(std::move(*content));
    return {};
}

void RepresentationCache::remove_superseded(ipc::FileId file, const ipc::Record* record) {
    const auto found = by_file_.find(file.value);
    if (found == by_file_.end())
        return;
    if (record == nullptr || record->state != ipc::FileState::present ||
        !found->second->is_of(*record))
        erase(*found->second);
}

void RepresentationCache::clear() {
    while (!recent_.empty())
        erase(recent_.front());
}

void RepresentationCache::erase(Representation& representation) {
    if (representation.content() && representation.content()->on_heap())
        heap_bytes_ -= representation.content()->size();
    representation.retire();
    recent_.erase(recent_.iterator_to(representation));
    by_file_.erase(representation.file().value);
}

void RepresentationCache::make_room() {
    const auto is_full = [&] {
        return recent_.size() >= entries_max || heap_bytes_ > heap_bytes_max;
    };
    // Contents that are being sent stay in the cache: only there can it be noticed that they are
    // superseded.
    for (auto it = recent_.end(); is_full() && it != recent_.begin();) {
        Representation& oldest = *--it;
        if (oldest.is_being_sent())
            continue;
        ++it;
        erase(oldest);
    }
}

}  // namespace treecast::proxy
