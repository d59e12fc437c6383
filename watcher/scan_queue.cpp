#include "watcher/scan_queue.hpp"

namespace treecast::watcher {

void ScanQueue::add(DirectoryId id, bool deep) {
    Place& place = places_.write(id);
    place.deep = place.deep || deep;
    if (place.ticket != 0)
        return;
    if (++last_ticket_ == 0)
        ++last_ticket_;
    place.ticket = last_ticket_;
    (place.is_large ? due_large_ : due_).push_back({id, last_ticket_});
    ++count_;
}

std::optional<ScanQueue::Due> ScanQueue::take() {
    const auto due = take(due_);
    return due ? due : take(due_large_);
}

std::optional<ScanQueue::Due> ScanQueue::take(std::deque<Ticket>& due) {
    while (!due.empty()) {
        const Ticket ticket = due.front();
        due.pop_front();
        // The directory was removed since, and perhaps its number was queued again.
        if (places_[ticket.id].ticket != ticket.number)
            continue;
        const bool deep = places_[ticket.id].deep;
        remove(ticket.id);
        return Due{.id = ticket.id, .deep = deep};
    }
    return std::nullopt;
}

void ScanQueue::note_files(DirectoryId id, std::uint32_t files) {
    const bool is_large = files >= large_files_min;
    if (places_[id].is_large != is_large)
        places_.write(id).is_large = is_large;
}

void ScanQueue::remove(DirectoryId id) {
    if (!contains(id))
        return;
    Place& place = places_.write(id);
    place.ticket = 0;
    place.deep = false;
    --count_;
}

void ScanQueue::forget(DirectoryId id) {
    remove(id);
    places_.forget(id);
}

}  // namespace treecast::watcher
