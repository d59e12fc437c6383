// The paths that have to be looked at, and when. Pure bookkeeping in the daemon's thread.
//
// A path has at most one Work. What is noted while its load is under way is looked at after it.
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
    /// The path's work, made if need be; the signs merged, not scheduled. Counts as noted when
    /// `as_of` was, if that is given.
    Work& note(
        std::string_view path,
        const watcher::Signs& signs,
        std::optional<std::uint64_t> as_of = std::nullopt
    );
    void schedule(Work& work, Clock::time_point due);
    /// One that is busy is looked at after that, in any case.
    void schedule_unless_busy(Work& work, Clock::time_point due);
    /// Schedules it as one of many or, once an event has told of it, as all others.
    void set_in_bulk(Work& work, bool in_bulk);
    /// Tries again now what is held up, as far as that may have passed: those who sync wait for it.
    void retry_held_up(Clock::time_point now);
    /// Takes the next work whose time has come out of the schedule (not out of the list). What is
    /// noted in bulk comes after all else, or before it.
    Work* take_due(Clock::time_point now, bool bulk_first = false);
    std::optional<Clock::time_point> earliest() const;
    /// The time of one that is not in bulk has come.
    bool is_behind(Clock::time_point now) const {
        return !schedule_.empty() && schedule_.begin()->first <= now;
    }
    Work* find(std::string_view path);
    /// The paths whose looks or loads are under way.
    std::vector<std::string> busy() const;
    /// What was noted before the look is answered. The reference is void, unless more was noted
    /// during the load: then the work goes on with that, due now, and true is returned.
    bool finish(Work& work, Clock::time_point now);

    /// From here on it is known of which paths in the directory a work has been finished: what was
    /// seen of them before that may be out of date. As often as it is called, until it is forgotten
    /// as often.
    void remember_finished(std::string_view directory);
    void forget_finished(std::string_view directory);
    bool was_finished(std::string_view path) const;

    /// The newest note's number.
    std::uint64_t sequence() const noexcept { return sequence_; }
    /// Whether everything noted up to `sequence` is done, or held up.
    bool settled(std::uint64_t sequence, Clock::time_point now) const;
    /// Calls `visit` for each work that was noted up to `sequence`, until it says false.
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
