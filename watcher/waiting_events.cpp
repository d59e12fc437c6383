#include "watcher/waiting_events.hpp"

#include "watcher/inotify_event.hpp"

#include <cstring>
#include <utility>

#include <sys/inotify.h>

namespace treecast::watcher {

namespace {

constexpr unsigned events_a_turn = 8;        // to make and write a file causes three or four
constexpr std::size_t moved_at_once = 4096;  // bytes

WatchDescriptor watch_of(std::span<const std::byte> event) noexcept {
    inotify_event header{};
    std::memcpy(&header, event.data(), sizeof header);
    return header.wd;
}

}  // namespace

void WaitingEvents::add(std::span<const std::byte> events, const PlaceOf& place_of) {
    Queue* queue = nullptr;
    while (const std::size_t size = event_size(events)) {
        const WatchDescriptor watch = watch_of(events);
        if (queue == nullptr || queue->watch != watch)  // mostly it is that of the event before
            queue = &queue_of(watch, place_of);
        queue->bytes.insert(queue->bytes.end(), events.data(), events.data() + size);
        bytes_ += size;
        events = events.subspan(size);
    }
}

std::span<const std::byte> WaitingEvents::take(const Judge& judge) {
    taken_.clear();
    if (empty())
        return taken_;
    Queue& queue = next_in_turn();
    const Verdict verdict = judge(queue.watch);
    if (verdict == Verdict::take)
        take_some(queue);
    else
        ++taken_count_;
    if (verdict == Verdict::drop || queue.taken == queue.bytes.size())
        remove(queue);
    return taken_;
}

WaitingEvents::Queue& WaitingEvents::queue_of(WatchDescriptor watch, const PlaceOf& place_of) {
    std::unique_ptr<Queue>& queue = queues_[watch];
    if (queue == nullptr) {
        Group& group = group_of(place_of(watch));
        queue = std::make_unique<Queue>();
        queue->watch = watch;
        queue->group = &group;
        group.turns.emplace_back(queue.get());
    }
    return *queue;
}

WaitingEvents::Group& WaitingEvents::group_of(std::span<const DirectoryId> place) {
    Group* lowest = nullptr;
    Group* below = nullptr;
    Group* group = nullptr;
    // Goes up to the first directory that already has events waiting at or below it.
    for (bool is_new = true; is_new; place = place.subspan(1)) {
        is_new = !place.empty() && place.front() != root_directory;
        group = &root_;
        if (is_new) {
            std::unique_ptr<Group>& found = groups_[place.front()];
            is_new = found == nullptr;
            if (is_new) {
                found = std::make_unique<Group>();
                found->directory = place.front();
            }
            group = found.get();
        }
        if (below != nullptr) {
            below->above = group;
            group->turns.emplace_back(below);
        }
        lowest = lowest == nullptr ? group : lowest;
        below = group;
        if (!is_new)
            break;
    }
    return *lowest;
}

/// Moves the queue, and each group on the way to it, to the end of its level.
WaitingEvents::Queue& WaitingEvents::next_in_turn() {
    Group* group = &root_;
    while (true) {
        const auto next = group->turns.front();
        group->turns.pop_front();
        group->turns.push_back(next);
        if (Queue* const* const queue = std::get_if<Queue*>(&next))
            return **queue;
        group = std::get<Group*>(next);
    }
}

void WaitingEvents::take_some(Queue& queue) {
    std::span<const std::byte> left(queue.bytes);
    left = left.subspan(queue.taken);
    std::size_t size = 0;
    for (unsigned events = 0; events < events_a_turn && size < left.size(); ++events) {
        size += event_size(left.subspan(size));
        ++taken_count_;
    }
    taken_.assign(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size));
    queue.taken += size;
    bytes_ -= size;
    if (queue.taken >= moved_at_once && queue.taken >= queue.bytes.size() / 2) {
        queue.bytes.erase(
            queue.bytes.begin(),
            queue.bytes.begin() + static_cast<std::ptrdiff_t>(std::exchange(queue.taken, 0))
        );
    }
}

/// The queue has just had its turn. So it is the last of its group, and each group above is the
/// last of its own.
void WaitingEvents::remove(const Queue& queue) {
    bytes_ -= queue.bytes.size() - queue.taken;
    Group* group = queue.group;
    group->turns.pop_back();
    queues_.erase(queue.watch);
    while (group != &root_ && group->turns.empty()) {
        Group* const above = group->above;
        above->turns.pop_back();
        groups_.erase(group->directory);
        group = above;
    }
}

}  // namespace treecast::watcher
