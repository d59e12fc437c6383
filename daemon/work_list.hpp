// The paths that have to be looked at, and when. Pure bookkeeping in the daemon's thread.
//
// A path has at most one Work. What is noted while its load is under way is looked at after it.
#pragma once

#include "daemon/setbacks.hpp"
#include "watcher/watcher.hpp"

#include <algorithm>
#include <chrono>
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

/// Names a release (releases.hpp); never given twice.
using ReleaseId = std::uint64_t;
inline constexpr ReleaseId no_release = 0;

struct Work {
    std::string path;
    watcher::Signs signs;        // all since the last look that came to an end
    bool wanted = false;         // somebody waits for its content or hash
    bool loading = false;        // in the pool
    bool noted_again = false;    // while loading
    watcher::Signs signs_again;  // what was noted then; in `signs` too
    bool in_bulk = false;        // one of many, of which no event of its own tells
    bool must_block = false;     // would_block was the answer: load in the pool
    bool moves = false;          // it changed while it was copied: hash what has been copied
    // Why it is still here although its time has come before; see hold_up().
    bool writer_inside = false;
    bool hung = false;         // its load has not come back for long
    bool asked_again = false;  // somebody waits for the next try's outcome
    Setbacks setbacks;
    bool evicted_others = false;       // since the tmpfs was full
    ReleaseId release = no_release;    // what comes of it is published together with others
    bool exchanged = false;            // its name, or one above it, names something else as a whole
    std::uint64_t sequence = 0;        // of the oldest note that no look has answered yet
    std::uint64_t sequence_again = 0;  // of the first note while loading
    Clock::time_point due;
    std::optional<Clock::time_point> missed_since;    // absent, or private
    std::optional<Clock::time_point> empty_since;     // as seen by those who have no lease
    std::optional<Clock::time_point> modified_first;  // since the last look at its bytes
    Clock::time_point modified_last;
    std::optional<Clock::time_point> writer_since;  // modified, and closed by nobody since
    std::uint64_t largest_bytes = 0;                // that the file has been meanwhile
    Clock::time_point grown_last;
    Clock::time_point not_before;  // it has backed off
    Clock::duration load_took{};   // the last one in the pool
    Clock::time_point rested;      // from when on it need not, if its writer is done since

    /// Its writer is done with it, or it is another file: what held earlier looks up is over. Who
    /// closes it all the time gets no more than half of a thread, however long a copy takes.
    void begin_anew() {
        setbacks.on_close();
        not_before = std::min(not_before, rested);
    }
};

/// Why a work may never come to an end, so that nobody waits for it.
enum class HoldUp : std::uint8_t {
    none,  // it will
    writer_inside,
    unreadable,  // its stat or its bytes are not to be had: Setbacks::error
    no_memory,
    unstable,  // it changes all the time
    hung,
    lost,  // with its directory, or its filesystem
};
HoldUp hold_up(const Work& work, Clock::time_point now);

class WorkList {
public:
    /// The path's work, made if need be; the signs merged, not scheduled.
    Work& note(std::string_view path, const watcher::Signs& signs);
    void schedule(Work& work, Clock::time_point due);
    /// Schedules it as one of many or, once an event has told of it, as all others.
    void set_in_bulk(Work& work, bool in_bulk);
    /// Tries again now what is held up, as far as that may have passed: those who sync wait for it.
    void ask_again(Clock::time_point now);
    /// Takes the next work whose time has come out of the schedule (not out of the list). What is
    /// noted in bulk comes after all else, or before it.
    Work* take_due(Clock::time_point now, bool bulk_first = false);
    std::optional<Clock::time_point> earliest() const;
    /// The time of one that is not in bulk has come.
    bool is_behind(Clock::time_point now) const {
        return !schedule_.empty() && schedule_.begin()->first <= now;
    }
    Work* find(std::string_view path);
    /// The paths whose loads are under way.
    std::vector<std::string> loading() const;
    /// What was noted before the look is answered. The reference is void, unless more was noted
    /// during the load: then the work goes on with that, due now, and true is returned.
    bool finish(Work& work, Clock::time_point now);

    /// From here on it is known of which paths in the directory a work has been finished: what was
    /// seen of them before that may be out of date. As often as it is called, until it is forgotten
    /// as often.
    void remember_finished(std::string_view directory);
    void forget_finished(std::string_view directory);
    bool was_finished(std::string_view path) const;

    /// Makes the work a member of the release until it is finished or leaves; a member of another
    /// one stays there.
    void join(Work& work, ReleaseId release);
    void leave(Work& work);
    std::size_t members(ReleaseId release) const;

    /// What is noted from here on counts as noted at `sequence`; without, at its own time again.
    void date_back(std::optional<std::uint64_t> sequence) { dated_ = sequence; }
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
    Schedule& schedule_of(const Work& work) { return work.in_bulk ? bulk_ : schedule_; }
    static Work* take_first(Schedule& schedule, Clock::time_point now);

    struct Finished {
        std::size_t users = 0;
        std::unordered_set<std::string, Hash, std::equal_to<>> names;
    };
    void note_finished(std::string_view path);

    Schedule schedule_;
    Schedule bulk_;
    std::unordered_map<std::string, Finished, Hash, std::equal_to<>> finished_;  // by directory
    std::unordered_map<ReleaseId, std::size_t> members_;
    std::uint64_t sequence_ = 0;
    std::optional<std::uint64_t> dated_;
};

}  // namespace treecast::daemon
