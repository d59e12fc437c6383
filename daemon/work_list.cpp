#include "daemon/work_list.hpp"

#include "base/tree_path.hpp"
#include "watcher/change_set.hpp"

#include <utility>

namespace treecast::daemon {

namespace {

/// How long a file may change during every copy before nobody waits for it any more.
constexpr std::chrono::seconds unstable_after{3};

}  // namespace

HoldUp hold_up(const Work& work, Clock::time_point now) {
    if (work.hung)
        return HoldUp::hung;
    if (work.asked_again)
        return HoldUp::none;
    if (work.writer_inside)
        return HoldUp::writer_inside;
    const Setbacks& setbacks = work.setbacks;
    if (setbacks.lost.failing())
        return HoldUp::lost;
    if (setbacks.look.failing() || setbacks.read.failing())
        return HoldUp::unreadable;
    if (setbacks.room.failing())
        return HoldUp::no_memory;
    const bool changes_on = !work.loading && setbacks.uncaptured_for(now) >= unstable_after;
    if (changes_on || setbacks.unsteady.has_failed(Setbacks::unsteady_tries))
        return HoldUp::unstable;
    return HoldUp::none;
}

Work& WorkList::note(std::string_view path, const watcher::Signs& signs) {
    auto found = works_.find(path);
    if (found == works_.end()) {
        found = works_.emplace(std::string(path), Work()).first;
        found->second.path = path;
        found->second.sequence = dated_.value_or(sequence_ + 1);
    }
    ++sequence_;
    Work& work = found->second;
    work.signs = watcher::followed_by(work.signs, signs);
    if (signs.modified || signs.closed)
        work.empty_since.reset();  // if it is empty still, it is so anew
    if (!work.loading)
        return work;
    work.signs_again = watcher::followed_by(work.signs_again, signs);
    if (!std::exchange(work.noted_again, true))
        work.sequence_again = dated_.value_or(sequence_);
    return work;
}

void WorkList::schedule(Work& work, Clock::time_point due) {
    Schedule& schedule = schedule_of(work);
    schedule.erase({work.due, &work});
    work.due = due;
    schedule.insert({due, &work});
}

void WorkList::set_in_bulk(Work& work, bool in_bulk) {
    if (work.in_bulk == in_bulk)
        return;
    const bool was_scheduled = schedule_of(work).erase({work.due, &work}) != 0;
    work.in_bulk = in_bulk;
    if (was_scheduled)
        schedule_of(work).insert({work.due, &work});
}

void WorkList::ask_again(Clock::time_point now) {
    for (auto& [path, work] : works_) {
        if (work.loading || hold_up(work, now) == HoldUp::none)
            continue;
        work.writer_inside = false;
        work.asked_again = true;
        schedule(work, now);
    }
}

Work* WorkList::take_first(Schedule& schedule, Clock::time_point now) {
    if (schedule.empty() || schedule.begin()->first > now)
        return nullptr;
    Work* const work = schedule.begin()->second;
    schedule.erase(schedule.begin());
    return work;
}

Work* WorkList::take_due(Clock::time_point now, bool bulk_first) {
    Work* const work = take_first(bulk_first ? bulk_ : schedule_, now);
    return work != nullptr ? work : take_first(bulk_first ? schedule_ : bulk_, now);
}

std::optional<Clock::time_point> WorkList::earliest() const {
    std::optional<Clock::time_point> earliest;
    for (const Schedule* schedule : {&schedule_, &bulk_})
        if (!schedule->empty() && (!earliest || schedule->begin()->first < *earliest))
            earliest = schedule->begin()->first;
    return earliest;
}

Work* WorkList::find(std::string_view path) {
    const auto found = works_.find(path);
    return found == works_.end() ? nullptr : &found->second;
}

std::vector<std::string> WorkList::loading() const {
    std::vector<std::string> paths;
    for (const auto& [path, work] : works_)
        if (work.loading)
            paths.push_back(path);
    return paths;
}

void WorkList::remember_finished(std::string_view directory) {
    auto found = finished_.find(directory);
    if (found == finished_.end())
        found = finished_.emplace(std::string(directory), Finished()).first;
    ++found->second.users;
}

void WorkList::forget_finished(std::string_view directory) {
    const auto found = finished_.find(directory);
    if (found != finished_.end() && --found->second.users == 0)
        finished_.erase(found);
}

bool WorkList::was_finished(std::string_view path) const {
    const auto found = finished_.find(parent_of(path));
    return found != finished_.end() && found->second.names.contains(name_of(path));
}

void WorkList::note_finished(std::string_view path) {
    if (finished_.empty())
        return;
    if (const auto found = finished_.find(parent_of(path)); found != finished_.end())
        found->second.names.emplace(name_of(path));
}

void WorkList::join(Work& work, ReleaseId release) {
    if (work.release != no_release || release == no_release)
        return;
    work.release = release;
    ++members_[release];
}

void WorkList::leave(Work& work) {
    const auto found = members_.find(std::exchange(work.release, no_release));
    if (found != members_.end() && --found->second == 0)
        members_.erase(found);
}

std::size_t WorkList::members(ReleaseId release) const {
    const auto found = members_.find(release);
    return found == members_.end() ? 0 : found->second;
}

bool WorkList::finish(Work& work, Clock::time_point now) {
    if (work.noted_again) {
        const watcher::Signs signs = work.signs;
        const std::uint64_t sequence = work.sequence_again;
        const ReleaseId release = work.release;
        const bool exchanged = work.exchanged;
        const bool moves = work.moves;
        std::string path = std::move(work.path);
        schedule_of(work).erase({work.due, &work});
        work = Work();
        work.path = std::move(path);
        work.signs = signs;
        work.sequence = sequence;
        work.release = release;  // only the next look ends its part in it
        work.exchanged = exchanged;
        work.moves = moves;
        schedule(work, now);
        return true;
    }
    leave(work);
    note_finished(work.path);
    schedule_of(work).erase({work.due, &work});
    works_.erase(works_.find(work.path));
    return false;
}

bool WorkList::settled(std::uint64_t sequence, Clock::time_point now) const {
    for (const auto& [path, work] : works_)
        if (work.sequence <= sequence && hold_up(work, now) == HoldUp::none)
            return false;
    return true;
}

void WorkList::for_each_noted(std::uint64_t sequence, const std::function<bool(const Work&)>& visit)
    const {
    for (const auto& [path, work] : works_)
        if (work.sequence <= sequence && !visit(work))
            return;
}

bool WorkList::is_awaited(std::string_view path, std::uint64_t sequence, Clock::time_point now)
    const {
    const auto found = works_.find(path);
    return found != works_.end() && found->second.sequence <= sequence &&
           hold_up(found->second, now) == HoldUp::none;
}

}  // namespace treecast::daemon
