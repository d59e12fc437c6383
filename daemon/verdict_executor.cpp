#include "daemon/verdict_executor.hpp"

#include "base/log.hpp"
#include "daemon/decide_capture.hpp"
#include "daemon/other_names.hpp"
#include "daemon/record_match.hpp"
#include "daemon/verdict_log.hpp"
#include "daemon/waits.hpp"
#include "daemon/writer_lease.hpp"
#include "watcher/change_set.hpp"

#include <algorithm>
#include <utility>

namespace treecast::daemon {

VerdictExecutor::VerdictExecutor(
    const watcher::TreeRoot& root,
    watcher::Watcher& watcher,
    SegmentStock& segments,
    const ipc::CatalogWriter& catalog,
    Publisher& publisher,
    Residency& residency,
    WorkList& works,
    HardLinks& hard_links,
    OpenFiles& open_files,
    const ServePolicy& policy
)
    : root_(root),
      watcher_(watcher),
      segments_(segments),
      catalog_(catalog),
      publisher_(publisher),
      eviction_(catalog, publisher, residency),
      works_(works),
      hard_links_(hard_links),
      open_files_(open_files),
      policy_(policy) {}

// --- Looks ---------------------------------------------------------------------------------

void VerdictExecutor::look(Work& work, bool in_pool, Clock::time_point now) {
    if (watcher_.root_is_lost()) {
        const LookFacts facts{.sight = Sight::root_lost, .record = record_of(work)};
        carry_out(work, decide_look(work, facts, policy_, Moment::at(now)), {}, now);
        return;
    }
    if (in_pool) {
        work.load.must_block = true;
        submit(work, {.path = work.path});
        return;
    }
    work.notes.begin_look();
    last_look_ = look_at(root_, work.path);
    on_look(work, last_look_, std::nullopt, now);
}

void VerdictExecutor::on_loaded(LoadResult result, Clock::time_point now) {
    Work* const work = works_.find(result.path);
    if (work == nullptr)
        return;
    if (result.look.root_generation != root_.generation()) {
        look_again(*work, now);
        return;
    }
    work->load.end();
    work->load.took = result.took;
    if (!result.capture)
        on_look(*work, result.look, result.has_no_writer, now);
    else if (watcher_.is_lost(work->path))
        works_.finish(*work, now);
    else
        on_capture(*work, std::move(*result.capture), result.look.stat, now);
}

void VerdictExecutor::on_look(
    Work& work,
    const Look& look,
    std::optional<bool> has_no_writer,
    Clock::time_point now
) {
    LookFacts facts = facts_of(work, look, now);
    facts.has_no_writer = has_no_writer;
    if (facts.sight == Sight::file) {
        if (!work.is_exchanged)
            work.membership.end();  // it is back, so the group of its lost directory goes on
        const bool through_link = look.stat.links > 1 && watcher_.leads_through_link(work.path);
        note_other_names(work, look.stat, through_link, hard_links_, works_, now);
    }
    const Verdict verdict = decide_look(work, facts, policy_, Moment::at(now));
    if (const auto* const what = std::get_if<Load>(&verdict))
        load(work, look, *what, now);
    else if (std::holds_alternative<CheckForWriter>(verdict))
        check_for_writer(work, look, facts, now);
    else
        carry_out(work, verdict, look.stat, now);
}

LookFacts VerdictExecutor::facts_of(const Work& work, const Look& look, Clock::time_point now) {
    const Sight sight = sight_of(work, look);
    const ipc::Record record = record_of(work);
    // Temporary names, which are not known, are not checked: a check costs a system call for each
    // directory above the path.
    const bool is_missing = sight == Sight::absent && is_known(record);
    return {
        .sight = sight,
        .stat = look.stat,
        .error = look.error,
        .absence_counts = is_missing && watcher_.absence_counts(work.path),
        .is_open = open_files_.is_open(work.path, now),
        .record = record};
}

Sight VerdictExecutor::sight_of(const Work& work, const Look& look) {
    if (watcher_.is_lost(work.path))
        return Sight::lost;
    if (!watcher_.visible(work.path))
        return Sight::hidden;
    if (look.seen == Seen::trouble)
        return Sight::trouble;
    if (look.seen == Seen::absent || !watcher_.spells(work.path))
        return Sight::absent;
    return look.seen == Seen::file ? Sight::file : Sight::no_file;
}

void VerdictExecutor::check_for_writer(
    Work& work,
    const Look& look,
    LookFacts facts,
    Clock::time_point now
) {
    if (work.load.must_block) {
        submit(work, {.path = work.path, .checks_for_writer = true});
        return;
    }
    facts.has_no_writer = surely_no_writer(look.handle.get());
    carry_out(work, decide_look(work, facts, policy_, Moment::at(now)), look.stat, now);
}

// --- Loads ---------------------------------------------------------------------------------

void VerdictExecutor::load(Work& work, const Look& look, Load what, Clock::time_point now) {
    if (what.keeps_content && !make_room(work, look.stat, look.stat.size, now))
        return;
    what.request.segments = what.keeps_content ? &segments_ : nullptr;
    if (!work.load.must_block) {
        Capture captured = capture(look, what.request);
        if (captured.end != CaptureEnd::would_block) {
            on_capture(work, std::move(captured), look.stat, now);
            return;
        }
        work.load.must_block = true;
    }
    what.request.may_block = true;
    submit(work, {.path = work.path, .request = what.request});
}

void VerdictExecutor::submit(Work& work, LoadJob job) {
    work.load.begin();
    work.notes.begin_look();
    pool_->submit(std::move(job));
}

void VerdictExecutor::on_capture(
    Work& work,
    Capture capture,
    const watcher::FileStat& seen,
    Clock::time_point now
) {
    work.setbacks.on_capture(capture.end, now);
    if (capture.lease_refused)
        unleased_.push_back(work.path);
    // Room was made for the size in stat.
    if (capture.end == CaptureEnd::captured && capture.segment && capture.size > seen.size &&
        !make_room(work, capture.stat, capture.size, now))
        return;
    const CaptureFacts facts{
        .capture = capture,
        .seen = seen,
        .is_open = open_files_.is_open(work.path, now),
        .may_find_room =
            capture.end == CaptureEnd::no_memory && may_find_room(work, seen.size, now),
        .record = record_of(work)};
    const Verdict verdict = decide_capture(work, facts, policy_, Moment::at(now));
    carry_out_on_copy(work, verdict, std::move(capture), seen, now);
}

/// Called when shared memory was full.
bool VerdictExecutor::may_find_room(Work& work, std::uint64_t size, Clock::time_point now) {
    if (eviction_.evict_all_but(work.path, size, now))
        work.setbacks.evicted_others = true;
    // Proxies hold evicted contents for a moment, and contents just loaded may be evicted soon.
    return work.setbacks.evicted_others || eviction_.may_free_soon(now);
}

bool VerdictExecutor::make_room(
    Work& work,
    const watcher::FileStat& stat,
    std::uint64_t size,
    Clock::time_point now
) {
    const auto room = eviction_.make_room(work.path, size, now);
    if (room == Eviction::Room::too_small)
        carry_out(
            work,
            Publish{{.unavailable = ipc::UnavailableReason::no_memory, .stat = stat}},
            stat,
            now
        );
    else if (room == Eviction::Room::none_at_the_moment)
        wait(work, wait_for_room(work, stat, true, record_of(work), now), stat);
    return room == Eviction::Room::found;
}

void VerdictExecutor::on_hung(const std::string& path) {
    Work* const work = works_.find(path);
    if (work == nullptr || !work->load.note_hung())
        return;
    log::warn("{}: a look at it or a read of it does not come back; what is published stays", path);
    work->membership.end();
    if (const auto observation = stale(record_of(*work), ipc::UnavailableReason::hung))
        publisher_.add(path, *observation);
}

// --- Copies that no lease vouches for ------------------------------------------------------

void VerdictExecutor::confirm(Clock::time_point now) {
    for (Unconfirmed& copy : std::exchange(unconfirmed_, {})) {
        if (!has_reported_all(copy.path)) {
            unconfirmed_.push_back(std::move(copy));
            continue;
        }
        Work& work = *works_.find(copy.path);
        work.load.end();
        const CaptureFacts facts{
            .capture = copy.capture,
            .seen = copy.capture.stat,
            .is_open = open_files_.is_open(copy.path, now),
            .record = record_of(work)};
        const Verdict verdict = decide_confirmation(work, facts, policy_, Moment::at(now));
        const watcher::FileStat seen = copy.capture.stat;
        carry_out_on_copy(work, verdict, std::move(copy.capture), seen, now);
    }
}

bool VerdictExecutor::has_reported_all(const std::string& path) const {
    return watcher_.has_processed_events_of(path) &&
           std::ranges::all_of(hard_links_.siblings(path), [&](const std::string& sibling) {
               return watcher_.has_processed_events_of(sibling);
           });
}

void VerdictExecutor::drop_unconfirmed(Clock::time_point now) {
    for (const Unconfirmed& copy : std::exchange(unconfirmed_, {}))
        look_again(*works_.find(copy.path), now);
}

/// The look was made in a tree that is no longer at the root's path.
void VerdictExecutor::look_again(Work& work, Clock::time_point now) {
    work.load.end();
    work.notes.begin_look();
    works_.schedule(work, now);
}

// --- Verdicts ------------------------------------------------------------------------------

void VerdictExecutor::carry_out(
    Work& work,
    const Verdict& verdict,
    const watcher::FileStat& stat,
    Clock::time_point now
) {
    if (const auto* const waiting = std::get_if<Wait>(&verdict)) {
        wait(work, *waiting, stat);
        return;
    }
    if (const auto* const unchanged = std::get_if<Unchanged>(&verdict)) {
        if (unchanged->is_gone)
            hard_links_.forget(work.path);
        publisher_.withdraw(work.path);
    } else if (const auto* const publish = std::get_if<Publish>(&verdict)) {
        if (publish->observation.deleted)
            hard_links_.forget(work.path);
        publisher_.add(work.path, publish->observation, std::nullopt, work.membership.group());
    }
    works_.finish(work, now);
}

void VerdictExecutor::carry_out_on_copy(
    Work& work,
    const Verdict& verdict,
    Capture capture,
    const watcher::FileStat& seen,
    Clock::time_point now
) {
    if (const auto* const publish = std::get_if<PublishCopy>(&verdict)) {
        publish_copy(work, *publish, std::move(capture), now);
    } else if (std::holds_alternative<AwaitEvents>(verdict)) {
        work.load.await_confirmation();
        unconfirmed_.push_back({work.path, std::move(capture)});
    } else {
        carry_out(work, verdict, seen, now);
    }
}

void VerdictExecutor::publish_copy(
    Work& work,
    const PublishCopy& verdict,
    Capture capture,
    Clock::time_point now
) {
    read_without_lease_ += capture.lease_refused ? 1 : 0;
    if (verdict.is_past_open_limit) {
        ++published_while_open_;
        open_files_.forget(work.path);
        log::warn("{}: published although a writer still has it open", work.path);
    }
    publisher_.add(
        work.path,
        {.stat = capture.stat, .sha256 = capture.sha256, .size = capture.size},
        std::move(capture.segment),
        work.membership.group()
    );
    works_.finish(work, now);
}

void VerdictExecutor::wait(Work& work, const Wait& wait, const watcher::FileStat& stat) {
    if (wait.must_log)
        log_wait(work, wait, stat);
    if (wait.meanwhile) {
        const bool is_stale = wait.meanwhile->stale != ipc::UnavailableReason::none;
        publisher_.add(
            work.path,
            *wait.meanwhile,
            std::nullopt,
            is_stale ? no_group : work.membership.group()
        );
    }
    if (!wait.is_awaited)
        work.membership.end();
    works_.schedule(work, wait.until);
}

ipc::Record VerdictExecutor::record_of(const Work& work) const {
    const auto file = catalog_.find(work.path);
    return file ? catalog_.read(*file) : ipc::Record();
}

}  // namespace treecast::daemon
