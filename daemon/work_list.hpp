// The paths to look at, and when. Pure bookkeeping in the daemon's thread.
//
// A path has at most one Work. A note during its load leads to another look after the load.
#pragma once

#include "daemon/work.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace treecast::daemon {

class WorkList {
public:
    /// Returns the path's work, new if there is none, with the signs merged. Does not schedule it.
    /// It counts as noted at `as_of`, if that is given.
    Work& note(
        std::string_view path,
        const watcher::Signs& signs,
        std::optional<std::uint64_t> as_of = std::nullopt
    );
    void schedule(Work& work, Clock::time_point due);
    /// A busy work is looked at again after its load anyway.
    void schedule_unless_busy(Work& work, Clock::time_point due);
    /// Moves the work to the schedule for bulk work or, once an event has reported it, to that for
    /// all other work.
    void set_in_bulk(Work& work, bool in_bulk);
    /// Retries all held-up work that is not busy now, since the cause may be over. Syncs wait for
    /// the outcome.
    void retry_held_up(Clock::time_point now);
    /// Removes the next due work from the schedule, not from the list. Bulk work comes after all
    /// other work, or before it if `bulk_first`.
    Work* take_due(Clock::time_point now, bool bulk_first = false);
    std::optional<Clock::time_point> earliest() const;
    /// Whether work that is not in bulk is due.
    bool is_behind(Clock::time_point now) const {
        return !schedule_.empty() && schedule_.begin()->first <= now;
    }
    Work* find(std::string_view path);
    /// The paths with a look or load under way.
    std::vector<std::string> busy() const;
    /// The notes before the look are answered: removes the work, and the reference becomes invalid.
    /// If more was noted during the load, the work stays with those notes, due now, and true is
    /// returned.
    bool finish(Work& work, Clock::time_point now);

    /// From here on the list records which paths in the directory have finished works, since a stat
    /// read before that may be outdated. Calls nest: each needs one call of forget_finished().
    void remember_finished(std::string_view directory);
    void forget_finished(std::string_view directory);
    bool was_finished(std::string_view path) const;

    /// The newest note's number.
    std::uint64_t sequence() const noexcept { return sequence_; }
    /// Whether every note up to `sequence` is answered or held up.
    bool settled(std::uint64_t sequence, Clock::time_point now) const;
    /// Calls `visit` for each work noted up to `sequence`, until it returns false.
    void for_each_noted(std::uint64_t sequence, const std::function<bool(const Work&)>& visit)
        const;
    /// Whether the path has a work that was noted up to `sequence` and is not held up.
    bool is_awaited(std::string_view path, std::uint64_t sequence, Clock::time_point now) const;
    std::size_t size() const noexcept { return works_.size(); }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, Work, Hash, std::equal_to<>> works_;
    using Schedule = std::set<std::pair<Clock::time_point, Work*>>;
    Schedule& schedule_of(const Work& work) { return work.is_in_bulk ? bulk_ : schedule_; }
    static Work* take_first(Schedule& schedule, Clock::time_point now);

    struct Finished {
        std::size_t users = 0;
        std::unordered_set<std::string, Hash, std::equal_to<>> names;
    };
    void note_finished(std::string_view path);

    Schedule schedule_;
    Schedule bulk_;
    std::unordered_map<std::string, Finished, Hash, std::equal_to<>> finished_;  // by directory
    std::uint64_t sequence_ = 0;
};

}  // namespace treecast::daemon
