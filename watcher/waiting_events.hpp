// Queues events that were read from the kernel but not processed yet: the kernel's own queue is
// short. No I/O.
//
// The queues are served in turns. The events of one watch keep their order. At each directory, its
// own events and those below each of its subdirectories get equal shares. So a hundred thousand
// events of one directory or subtree do not delay those of others. Events of two watches may change
// their order: they are only hints, and a stat decides.
#pragma once

#include "watcher/directory_id.hpp"
#include "watcher/inotify_event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

namespace treecast::watcher {

class WaitingEvents {
public:
    bool empty() const noexcept { return queues_.empty(); }
    bool has(WatchDescriptor watch) const { return queues_.contains(watch); }
    /// The size of the queued events.
    std::size_t bytes() const noexcept { return bytes_; }
    /// The number of events taken and turns passed, in all.
    std::uint64_t taken() const noexcept { return taken_count_; }

    /// The directory of a watch, then those above it in order; none if the watch is not of a
    /// directory.
    using PlaceOf = std::function<std::vector<DirectoryId>(WatchDescriptor)>;
    /// Appends events as read(2) returned them from inotify.
    void add(std::span<const std::byte> events, const PlaceOf& place_of);

    enum class Verdict : std::uint8_t {
        take,
        keep,  // keep the events until a scan finds the directory of the watch
        drop,  // drop all events of the watch, since nobody needs them
    };
    using Judge = std::function<Verdict(WatchDescriptor)>;
    /// The next few events of the watch whose turn it is, valid until the next call. Empty if the
    /// judge keeps or drops its events.
    std::span<const std::byte> take(const Judge& judge);

private:
    struct Group;
    struct Queue {
        WatchDescriptor watch = no_watch;
        Group* group = nullptr;
        std::vector<std::byte> bytes;
        std::size_t taken = 0;
    };
    struct Group {
        DirectoryId directory = root_directory;
        Group* above = nullptr;
        std::deque<std::variant<Queue*, Group*>> turns;
    };

    Queue& queue_of(WatchDescriptor watch, const PlaceOf& place_of);
    Group& group_of(std::span<const DirectoryId> place);
    Queue& next_in_turn();
    void take_some(Queue& queue);
    void remove(const Queue& queue);

    Group root_;
    std::unordered_map<WatchDescriptor, std::unique_ptr<Queue>> queues_;
    std::unordered_map<DirectoryId, std::unique_ptr<Group>> groups_;  // all but the root's
    std::vector<std::byte> taken_;
    std::size_t bytes_ = 0;
    std::uint64_t taken_count_ = 0;
};

}  // namespace treecast::watcher
