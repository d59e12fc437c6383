#include "daemon/refresher.hpp"

#include "base/log.hpp"
#include "base/units.hpp"
#include "daemon/intake.hpp"
#include "daemon/writer_patience.hpp"
#include "watcher/change_set.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace treecast::daemon {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds rest_min{4};
constexpr milliseconds room_pause{100};

bool is_same(const ipc::Record& record, const watcher::FileStat& stat) {
    return record.state == ipc::FileState::present && same_stat(record, stat) &&
           record.mode == static_cast<std::uint16_t>(stat.mode);
}

/// Whether a file that may not be read is one whose mode says so now, or of which nobody has
/// anything. Else the permission to read it is missing for a moment, as that of a network
/// filesystem whose tickets have run out.
bool was_withdrawn(const ipc::Record& record, const watcher::FileStat& stat) {
    return record.state != ipc::FileState::present || !(record.resident || record.hash_known) ||
           record.mode != static_cast<std::uint16_t>(stat.mode);
}

bool is_permission(const ErrorCode& error) {
    return error.category() == boost::system::system_category() &&
           (error.value() == EACCES || error.value() == EPERM);
}

}  // namespace

Refresher::Refresher(
    const watcher::TreeRoot& root,
    watcher::Watcher& watcher,
    SegmentStock& segments,
    ipc::CatalogWriter& catalog,
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
      residency_(residency),
      works_(works),
      hard_links_(hard_links),
      open_files_(open_files),
      policy_(policy) {}

void Refresher::refresh(Work& work, bool in_pool, Clock::time_point now) {
    if (watcher_.root_is_lost()) {  // what can still be opened is not at the root's path
        wait_for_directory(work, now);
        return;
    }
    if (in_pool) {
        work.must_block = true;
        load_in_pool(work, std::nullopt);
        return;
    }
    last_look_ = look_at(root_, work.path);
    decide(work, last_look_, now);
}

void Refresher::take(LoadResult result, Clock::time_point now) {
    Work* const work = works_.find(result.path);
    if (work == nullptr)
        return;
    if (result.look.root_generation != root_.generation()) {
        look_again(*work, now);
        return;
    }
    work->loading = false;
    work->load_took = result.took;
    work->hung = false;
    if (result.capture && drop_if_lost(*work, now))
        return;
    if (result.capture)
        settle(*work, std::move(*result.capture), result.look.stat, now);
    else
        decide(*work, result.look, now);
}

bool Refresher::drop_if_lost(Work& work, Clock::time_point now) {
    if (!watcher_.is_lost(work.path))
        return false;
    works_.finish(work, now);
    return true;
}

void Refresher::decide(Work& work, Look& look, Clock::time_point now) {
    if (drop_if_lost(work, now))
        return;
    if (!watcher_.visible(work.path)) {  // it has come to be ignored: as good as deleted
        publish_deleted(work, now);
        return;
    }
    if (look.seen != Seen::trouble && look.seen != Seen::absent && !watcher_.spells(work.path))
        look.seen = Seen::absent;  // found under a name that its directory does not list
    if (look.seen == Seen::file && !work.exchanged)
        works_.leave(work);  // it is back: what went with its directory need not be waited for
    work.setbacks.on_look(look.seen);
    switch (look.seen) {
        case Seen::trouble:
            work.missed_since.reset();
            try_later(work, work.setbacks.look, look.error, now);
            return;
        case Seen::absent:
            decide_absent(work, now);
            return;
        case Seen::directory:
        case Seen::special:
            publish_deleted(work, now);
            return;
        case Seen::file:
            decide_file(work, look, now);
            return;
    }
}

void Refresher::decide_absent(Work& work, Clock::time_point now) {
    if (!is_known(record_of(work))) {
        hard_links_.forget(work.path);
        settle_unchanged(work, now);
        return;
    }
    if (!watcher_.absence_counts(work.path)) {
        wait_for_directory(work, now);
        return;
    }
    // Editors rename a file away and write it anew: a name that is back soon was never gone.
    // One that went as its directory was exchanged for another is gone for good.
    if (work.exchanged || !is_in_grace(work, now))
        publish_deleted(work, now);
}

bool Refresher::is_in_grace(Work& work, Clock::time_point now) {
    if (!work.missed_since)
        work.missed_since = now;
    if (now - *work.missed_since >= policy_.delete_grace)
        return false;
    works_.schedule(work, *work.missed_since + policy_.delete_grace);
    return true;
}

void Refresher::publish_deleted(Work& work, Clock::time_point now) {
    hard_links_.forget(work.path);
    publish(work, {.deleted = true});
    works_.finish(work, now);
}

void Refresher::decide_file(Work& work, Look& look, Clock::time_point now) {
    const bool through_link = look.stat.links > 1 && watcher_.leads_through_link(work.path);
    const auto siblings = hard_links_.siblings(work.path);
    const HardLinks::Sight sight = hard_links_.see(work.path, look.stat, through_link);
    if (sight.lost_name) {
        work.signs.created = true;  // as one that got its name while its writer was in it
        note_all(siblings, {.created = true}, work.sequence, now);
    }
    if (sight.appeared) {
        const watcher::Signs shared = watcher::shared_by_names(work.signs);
        note_all(
            shared == watcher::Signs() ? hard_links_.outdated_siblings(work.path)
                                       : hard_links_.siblings(work.path),
            shared,
            work.sequence,
            now
        );
    }
    if (const auto refusal = refusal_by_stat(policy_, look.stat);
        refusal != ipc::UnavailableReason::none) {
        // tar and install write a file that nobody else may read, and open it up at the end.
        if (refusal == ipc::UnavailableReason::private_file && is_in_grace(work, now))
            return;
        publish(work, {.unavailable = refusal, .stat = look.stat});
        works_.finish(work, now);
        return;
    }
    work.missed_since.reset();
    const ipc::Record record = record_of(work);
    if (look.stat.size > work.largest_bytes) {
        work.largest_bytes = look.stat.size;
        work.grown_last = now;
    }
    // A stale one is read again, whatever stat says.
    const bool same = is_known(record) && is_same(record, look.stat) && !ipc::is_stale(record);
    const bool was_read = record.resident || record.hash_known;
    if (!work.wanted && !was_read) {
        // Nobody has its bytes, so its stat alone is news; but not that of a half-written file.
        if (may_have_writer(work, now) &&
            quiet_left(work, look.stat, policy_.open_limit, now) > Clock::duration() &&
            !surely_no_writer(look.handle.get(), policy_.takes_leases())) {
            wait_for_writer(work, look.stat, now);
            return;
        }
        if (same) {
            settle_unchanged(work, now);
            return;
        }
        publish(work, {.stat = look.stat});
        works_.finish(work, now);
        return;
    }
    const bool touched = work.signs.closed || work.signs.modified || work.signs.arrived;
    const bool complete = record.hash_known && (record.resident || !work.wanted);
    if (same && !touched && complete)
        settle_unchanged(work, now);
    else
        load(work, look, now);
}

void Refresher::note_all(
    const std::vector<std::string>& paths,
    const watcher::Signs& signs,
    std::uint64_t sequence,
    Clock::time_point now
) {
    works_.date_back(sequence);
    for (const std::string& path : paths)
        if (Work& other = works_.note(path, signs); !other.loading)
            works_.schedule(other, now);
    works_.date_back(std::nullopt);
}

/// What is published is true; what is held back, for a release under way, is not any more.
void Refresher::settle_unchanged(Work& work, Clock::time_point now) {
    publisher_.withdraw(work.path);
    works_.finish(work, now);
}

void Refresher::load(Work& work, const Look& look, Clock::time_point now) {
    work.modified_first.reset();
    CaptureRequest request = request_for(work, look.stat, now);
    if (request.segments != nullptr && !make_room(work, look.stat, look.stat.size, now))
        return;
    if (work.must_block) {
        load_in_pool(work, request);
        return;
    }
    Capture captured = capture(look, request);
    if (captured.end == CaptureEnd::would_block) {
        work.must_block = true;
        load_in_pool(work, request);
        return;
    }
    settle(work, std::move(captured), look.stat, now);
}

bool Refresher::make_room(
    Work& work,
    const watcher::FileStat& stat,
    std::uint64_t size,
    Clock::time_point now
) {
    if (!residency_.can_hold(size)) {
        publish(work, {.unavailable = ipc::UnavailableReason::no_memory, .stat = stat});
        works_.finish(work, now);
        return false;
    }
    const auto file = catalog_.find(work.path);
    const auto room = residency_.make_room(size, file.value_or(ipc::FileId()), now);
    if (!room.fits) {  // what was loaded within the last second stays
        wait_for_room(work, stat, true, now);
        return false;
    }
    for (const ipc::FileId victim : room.evict)
        publisher_.evict(victim);
    return true;
}

void Refresher::load_in_pool(Work& work, std::optional<CaptureRequest> request) {
    work.loading = true;
    work.noted_again = false;
    work.signs_again = {};
    if (request)
        request->may_block = true;
    pool_->submit({work.path, [request](const Look&) {
                       return request;
                   }});
}

void Refresher::settle(
    Work& work,
    Capture capture,
    const watcher::FileStat& seen,
    Clock::time_point now
) {
    work.setbacks.on_capture(capture.end, now);
    if (capture.lease_refused)
        unleased_.push_back(work.path);
    switch (capture.end) {
        case CaptureEnd::captured:
            // Room was made for what stat said of its size.
            if (capture.segment && capture.size > seen.size &&
                !make_room(work, capture.stat, capture.size, now))
                return;
            if (capture.writer_ruled_out) {
                publish_captured(work, std::move(capture), now);
                return;
            }
            // Without a lease the signs have to tell: the same bytes twice may be half a file.
            if (const auto left = emptied_left(work, capture.size, now); left > Clock::duration()) {
                works_.schedule(work, now + left);
                return;
            }
            if (!suspects_writer(work.signs)) {
                keep_unconfirmed(work, std::move(capture), now);
                return;
            }
            [[fallthrough]];
        case CaptureEnd::writer_inside:
            if (capture.extends_published)
                publish_captured(work, std::move(capture), now);
            else
                wait_for_writer(work, seen, now);
            return;
        case CaptureEnd::too_soon:
            back_off(work, work.setbacks.too_soon(now), now);
            if (work.setbacks.uncaptured_for(now) >= policy_.open_limit)
                tell_stale(work, ipc::UnavailableReason::unstable);
            return;
        case CaptureEnd::changed:
            work.moves = true;
            [[fallthrough]];
        case CaptureEnd::would_block:
            read_again(work, work.setbacks.changing, now);
            return;
        case CaptureEnd::unsteady:
            settle_unsteady(work, seen, now);
            return;
        case CaptureEnd::too_large:
            publish(work, {.unavailable = ipc::UnavailableReason::too_large, .stat = seen});
            works_.finish(work, now);
            return;
        case CaptureEnd::no_memory:
            settle_no_memory(work, seen, now);
            return;
        case CaptureEnd::failed:
            if (!is_permission(capture.error) || !was_withdrawn(record_of(work), seen)) {
                try_later(work, work.setbacks.read, capture.error, now);
                return;
            }
            publish(work, {.unavailable = ipc::UnavailableReason::unreadable, .stat = seen});
            works_.finish(work, now);
            return;
    }
}

void Refresher::settle_no_memory(Work& work, const watcher::FileStat& seen, Clock::time_point now) {
    // Its own content stays as long as possible: it is what is served until there is room.
    const auto own = catalog_.find(work.path);
    const bool goes_too = own && publisher_.fits_instead_of(*own, seen.size);
    bool evicted = false;
    for (const ipc::FileId victim : residency_.evictable(now)) {
        if (victim == own && !goes_too)
            continue;
        publisher_.evict(victim);
        evicted = true;
    }
    work.evicted_others = work.evicted_others || evicted;
    // What was just loaded may go soon, and what has gone is held by proxies for a moment.
    wait_for_room(work, seen, work.evicted_others || residency_.spares_any(now), now);
}

/// For a while, if there is hope; but others may load all the time.
void Refresher::wait_for_room(
    Work& work,
    const watcher::FileStat& seen,
    bool has_hope,
    Clock::time_point now
) {
    if (!work.setbacks.lacks_room_for_long(now) && has_hope) {
        works_.schedule(work, now + room_pause);
        return;
    }
    if (!work.setbacks.room.failing())
        log::error(
            "{}: no shared memory for its {}; trying again",
            work.path,
            counted(seen.size, "byte", "bytes")
        );
    if (record_of(work).resident)
        tell_stale(work, ipc::UnavailableReason::no_memory);
    else
        publish(work, {.unavailable = ipc::UnavailableReason::no_memory, .stat = seen});
    hold(work, work.setbacks.room.fail(), now);
}

void Refresher::settle_unsteady(Work& work, const watcher::FileStat& seen, Clock::time_point now) {
    BackOff& unsteady = work.setbacks.unsteady;
    if (!unsteady.has_failed(Setbacks::unsteady_tries)) {
        read_again(work, unsteady, now);  // its content may have changed between two readings
        return;
    }
    const ipc::Record record = record_of(work);
    if (record.reason != ipc::UnavailableReason::unstable)
        log::warn("{}: each reading gives something else; trying again", work.path);
    if (record.state == ipc::FileState::present && record.hash_known)
        tell_stale(work, ipc::UnavailableReason::unstable);
    else
        publish(work, {.unavailable = ipc::UnavailableReason::unstable, .stat = seen});
    hold(work, unsteady.fail(), now);
}

void Refresher::back_off(Work& work, Clock::duration pause, Clock::time_point now) {
    work.not_before = now + pause;
    work.rested = now + std::max<Clock::duration>(work.load_took, rest_min);
    works_.schedule(work, work.not_before);
}

void Refresher::keep_unconfirmed(Work& work, Capture capture, Clock::time_point now) {
    if (work.noted_again && work.signs_again.modified) {  // while the pool read it
        read_again(work, work.setbacks.changing, now);
        return;
    }
    if (!work.noted_again)
        work.signs_again = {};
    work.loading = true;
    unconfirmed_.push_back({work.path, std::move(capture)});
}

void Refresher::confirm(Clock::time_point now) {
    for (Unconfirmed& copy : std::exchange(unconfirmed_, {})) {
        if (!has_told_all(copy.path)) {
            unconfirmed_.push_back(std::move(copy));
            continue;
        }
        Work& work = *works_.find(copy.path);
        work.loading = false;
        if (work.noted_again && work.signs_again.modified)
            read_again(work, work.setbacks.changing, now);
        else if (copy.capture.lease_refused && !copy.capture.proved_by_age && was_opened_since_it_came(work, now))
            read_again(work, work.setbacks.changing, now);  // and is proved by its age then
        else if ((may_have_writer(work, now) || may_be_mapped(work, copy.capture, now)) &&
                 !copy.capture.extends_published)
            wait_for_writer(work, copy.capture.stat, now);
        else
            publish_captured(work, std::move(copy.capture), now);
    }
}

bool Refresher::has_told_all(const std::string& path) const {
    return watcher_.has_told_all(path) &&
           std::ranges::all_of(hard_links_.siblings(path), [&](const std::string& sibling) {
               return watcher_.has_told_all(sibling);
           });
}

void Refresher::drop_unconfirmed(Clock::time_point now) {
    for (const Unconfirmed& copy : std::exchange(unconfirmed_, {}))
        look_again(*works_.find(copy.path), now);
}

/// What was seen is of a tree that is no more at the root's path.
void Refresher::look_again(Work& work, Clock::time_point now) {
    work.loading = work.hung = work.noted_again = false;
    work.signs_again = {};
    works_.schedule(work, now);
}

void Refresher::read_again(Work& work, BackOff& cause, Clock::time_point now) {
    const bool closed_since = std::exchange(work.noted_again, false) && work.signs_again.closed;
    work.signs_again = {};
    work.asked_again = false;
    back_off(work, cause.fail(), now);
    if (work.setbacks.uncaptured_for(now) >= policy_.open_limit)
        tell_stale(work, ipc::UnavailableReason::unstable);
    if (!closed_since)
        return;
    work.begin_anew();
    works_.schedule(work, work.not_before);
}

void Refresher::wait_for_writer(Work& work, const watcher::FileStat& stat, Clock::time_point now) {
    if (std::exchange(work.noted_again, false) && work.signs.closed) {
        works_.schedule(work, now);  // the writer left while the file was read
        return;
    }
    work.writer_inside = true;
    work.asked_again = false;
    works_.leave(work);  // others do not wait for a writer
    auto left =
        std::max<Clock::duration>(quiet_left(work, stat, policy_.open_limit, now), clock_tick);
    // Whoever opened the file without a name (O_TMPFILE), or by one that is gone, writes and closes
    // it under no name. And the kernel tells of a close before it counts the writer as gone.
    if (work.signs.modified && !work.signs.closed)
        work.setbacks.untold_end.clear();
    else
        left = std::min<Clock::duration>(left, work.setbacks.untold_end.fail());
    works_.schedule(work, now + left);
}

void Refresher::publish_captured(Work& work, Capture capture, Clock::time_point now) {
    read_without_lease_ += capture.lease_refused ? 1 : 0;
    // Whatever says that its writer is done has ended the waiting for him before.
    if (work.writer_inside && capture.end == CaptureEnd::captured &&
        (is_stuck(work, policy_.open_limit, now) ||
         quiet_left(work, capture.stat, policy_.open_limit, now) <= Clock::duration())) {
        ++published_while_open_;
        open_files_.forget(work.path);
        log::warn("{}: published although a writer still has it open", work.path);
    }
    publish(
        work,
        {.stat = capture.stat, .sha256 = capture.sha256, .size = capture.size},
        std::move(capture.segment)
    );
    works_.finish(work, now);
}

void Refresher::publish(
    const Work& work,
    const Observation& observation,
    std::optional<ipc::SegmentWriter> segment
) {
    publisher_.add(work.path, observation, std::move(segment), work.release);
}

void Refresher::try_later(Work& work, BackOff& cause, const ErrorCode& why, Clock::time_point now) {
    if (!is_known(record_of(work)) && !work.wanted) {
        works_.finish(work, now);
        return;
    }
    if (!cause.failing())
        log::warn("{}: {}; what is published stays, trying again", work.path, why.message());
    work.setbacks.error = why;
    tell_stale(work, stale_reason_of(why));
    hold(work, cause.fail(), now);
}

/// Its directory or its filesystem is lost, which says so for all that it held.
void Refresher::wait_for_directory(Work& work, Clock::time_point now) {
    if (!is_known(record_of(work)) && !work.wanted) {
        works_.finish(work, now);
        return;
    }
    work.missed_since.reset();
    hold(work, work.setbacks.lost.fail(), now);
}

void Refresher::hold(Work& work, Clock::duration pause, Clock::time_point now) {
    work.asked_again = false;
    works_.leave(work);  // others do not wait for it
    works_.schedule(work, now + pause);
}

void Refresher::tell_stale(const Work& work, ipc::UnavailableReason reason) {
    if (const ipc::Record record = record_of(work);
        is_known(record) && record.state == ipc::FileState::present && record.reason != reason)
        publisher_.add(work.path, {.stale = reason});
}

void Refresher::note_hung(const std::string& path) {
    Work* const work = works_.find(path);
    if (work == nullptr || !work->loading || std::exchange(work->hung, true))
        return;
    log::warn("{}: a look at it or a read of it does not come back; what is published stays", path);
    works_.leave(*work);
    tell_stale(*work, ipc::UnavailableReason::hung);
}

ipc::Record Refresher::record_of(const Work& work) const {
    const auto file = catalog_.find(work.path);
    return file ? catalog_.read(*file) : ipc::Record();
}

bool Refresher::may_have_writer(const Work& work, Clock::time_point now) const {
    return daemon::may_have_writer(work.signs, open_files_.is_open(work.path, now));
}

/// What is new although nobody was seen to write it was written through a mapping, which counts as
/// open until it is gone.
bool Refresher::may_be_mapped(const Work& work, const Capture& copy, Clock::time_point now) const {
    if (came_whole(work) || !open_files_.is_open(work.path, now))
        return false;
    const ipc::Record record = record_of(work);
    return record.hash_known && record.sha256 != copy.sha256;
}

/// Whoever opened a file after it was renamed into place may be writing to it, though no event says
/// so yet: where no lease tells, it is no more than any other file then.
bool Refresher::was_opened_since_it_came(const Work& work, Clock::time_point now) const {
    return came_whole(work) && open_files_.is_open(work.path, now);
}

CaptureRequest
Refresher::request_for(const Work& work, const watcher::FileStat& stat, Clock::time_point now) {
    const ipc::Record record = record_of(work);
    CaptureRequest request;
    request.segments = work.wanted || record.resident ? &segments_ : nullptr;
    request.arrived_whole = came_whole(work) && !was_opened_since_it_came(work, now);
    request.hash_last = work.moves;
    request.change_accepted = is_stuck(work, policy_.open_limit, now);
    request.writer_accepted = request.change_accepted ||
                              quiet_left(work, stat, policy_.open_limit, now) <= Clock::duration();
    request.size_max = policy_.file_size_max;
    request.may_take_leases = policy_.takes_leases();
    if (record.state == ipc::FileState::present && record.hash_known)
        request.published = PublishedContent{record.size, record.sha256};
    request.extension_accepted = request.published && writes_without_pause(work, now);
    return request;
}

}  // namespace treecast::daemon
