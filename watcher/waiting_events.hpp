// Events that have been read from the kernel, whose queue is short, and not been taken yet. PURE.
//
// They are taken in turns: those of one watch in their order; a directory's own events and those
// below each of its subdirectories each get the same share of what is taken at or below it. So the
// hundred thousand of one directory, or of one tree of many, hold up none of elsewhere. The order
// of events of two watches is not kept: what they say are hints, and looks decide.
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
    /// What is held, in memory too.
    std::size_t bytes() const noexcept { return bytes_; }
    /// How many have been taken, or turns passed, in all.
    std::uint64_t taken() const noexcept { return taken_count_; }

    /// The directory that a watch is of, and those above it in their order; none for a watch of
    /// something else.
    using PlaceOf = std::function<std::vector<DirectoryId>(WatchDescriptor)>;
    /// Takes bytes as inotify gave them.
    void add(std::span<const std::byte> events, const PlaceOf& place_of);

    enum class Verdict : std::uint8_t {
        take,
        keep,  // later: whose the watch is will be known by then
        drop,  // all of them: they concern nobody
    };
    using Judge = std::function<Verdict(WatchDescriptor)>;
    /// The next few events, of the watch whose turn it is; valid until the next call. Empty if its
    /// events are to be kept or dropped.
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
    std::unordered_map<DirectoryId, std::unique_ptr<Group>> groups_;  // but the root's
    std::vector<std::byte> taken_;
    std::size_t bytes_ = 0;
    std::uint64_t taken_count_ = 0;
};

}  // namespace treecast::watcher
