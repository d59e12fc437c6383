#include "daemon/work_list.hpp"

#include "base/tree_path.hpp"

#include <utility>

namespace treecast::daemon {

Work& WorkList::note(
    std::string_view path,
    const watcher::Signs& signs,
    std::optional<std::uint64_t> as_of
) {
    auto found = works_.find(path);
    if (found == works_.end()) {
        found = works_.emplace(std::string(path), Work()).first;
        found->second.path = path;
    }
    Work& work = found->second;
    ++sequence_;
    work.notes.add(signs, as_of.value_or(sequence_), work.load.is_busy());
    if (signs.modified || signs.closed)
        work.writer.forget_emptied();
    return work;
}

void WorkList::schedule(Work& work, Clock::time_point due) {
    Schedule& schedule = schedule_of(work);
    schedule.erase({work.due, &work});
    work.due = due;
    schedule.insert({due, &work});
}

void WorkList::schedule_unless_busy(Work& work, Clock::time_point due) {
    if (!work.load.is_busy())
        schedule(work, due);
}

void WorkList::set_in_bulk(Work& work, bool in_bulk) {
    if (work.is_in_bulk == in_bulk)
        return;
    const bool was_scheduled = schedule_of(work).erase({work.due, &work}) != 0;
    work.is_in_bulk = in_bulk;
    if (was_scheduled)
        schedule_of(work).insert({work.due, &work});
}

void WorkList::retry_held_up(Clock::time_point now) {
    for (auto& [path, work] : works_) {
        if (work.load.is_busy() || hold_up(work, now) == HoldUp::none)
            continue;
        work.writer.end_wait();
        work.is_retried = true;
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

std::vector<std::string> WorkList::busy() const {
    std::vector<std::string> paths;
    for (const auto& [path, work] : works_)
        if (work.load.is_busy())
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

bool WorkList::finish(Work& work, Clock::time_point now) {
    if (work.notes.later_signs()) {
        schedule_of(work).erase({work.due, &work});
        Work rest;
        rest.path = std::move(work.path);
        rest.notes = work.notes;
        rest.notes.end_look();
        rest.membership = std::move(work.membership);  // only the next look ends its membership
        rest.is_exchanged = work.is_exchanged;
        rest.is_wanted = work.is_wanted;  // the request may have come during the load
        rest.load.copy_first = work.load.copy_first;
        work = std::move(rest);
        schedule(work, now);
        return true;
    }
    note_finished(work.path);
    schedule_of(work).erase({work.due, &work});
    works_.erase(works_.find(work.path));
    return false;
}

bool WorkList::settled(std::uint64_t sequence, Clock::time_point now) const {
    for (const auto& [path, work] : works_)
        if (work.notes.oldest() <= sequence && hold_up(work, now) == HoldUp::none)
            return false;
    return true;
}

void WorkList::for_each_noted(std::uint64_t sequence, const std::function<bool(const Work&)>& visit)
    const {
    for (const auto& [path, work] : works_)
        if (work.notes.oldest() <= sequence && !visit(work))
            return;
}

bool WorkList::is_awaited(std::string_view path, std::uint64_t sequence, Clock::time_point now)
    const {
    const auto found = works_.find(path);
    return found != works_.end() && found->second.notes.oldest() <= sequence &&
           hold_up(found->second, now) == HoldUp::none;
}

}  // namespace treecast::daemon
