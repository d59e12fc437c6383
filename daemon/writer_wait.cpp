#include "daemon/writer_wait.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds write_pause{50};
constexpr milliseconds write_delay_max{500};
// A file that grows without a pause is probably written for the first time. After so many open
// limits it is published half-written anyway, since it may be a log that was cut off.
constexpr int growth_patience = 6;
constexpr milliseconds append_patience{500};
// A truncation is visible before its event is queued and, on ext4, before ctime changes: by many
// milliseconds where the journal delays it.
constexpr milliseconds emptied_patience{1000};

}  // namespace

bool suspects_writer(const watcher::Signs& signs) {
    if (signs.modified)
        return !signs.closed;
    return signs.created && !signs.closed && !signs.arrived;
}

bool may_have_writer(const watcher::Signs& signs, bool is_open) {
    if (suspects_writer(signs))
        return true;
    return is_open && (signs.modified || (signs.created && !signs.arrived));
}

bool came_whole(const watcher::Signs& signs) {
    return signs.arrived && !signs.modified;
}

Clock::time_point WriterWait::on_write(bool is_reopened, Clock::time_point now) {
    last_write_ = now;
    if (!first_write_)
        first_write_ = now;
    if (!since_ || is_reopened) {
        since_ = now;
        largest_bytes_ = 0;
    }
    return std::min(now + write_pause, *first_write_ + write_delay_max);
}

void WriterWait::on_close(bool is_open) {
    first_write_.reset();
    is_waited_for_ = false;
    if (!is_open)
        since_.reset();
}

void WriterWait::on_last_close() {
    since_.reset();
    is_waited_for_ = false;
}

void WriterWait::note_size(std::uint64_t size, Clock::time_point now) {
    if (size <= largest_bytes_)
        return;
    largest_bytes_ = size;
    grown_last_ = now;
}

Clock::duration WriterWait::quiet_left(
    const watcher::FileStat& stat,
    Clock::duration open_limit,
    const Moment& now
) const {
    const auto since_change = now.since_1970 - std::chrono::nanoseconds(stat.ctime_ns);
    const auto since_event = since_ ? now.time - last_write_ : open_limit;
    return open_limit - std::min<Clock::duration>(since_change, since_event);
}

bool WriterWait::is_stuck(Clock::duration open_limit, Clock::time_point now) const {
    return since_ && (now - std::max(*since_, grown_last_) >= open_limit ||
                      now - *since_ >= growth_patience * open_limit);
}

bool WriterWait::writes_without_pause(Clock::time_point now) const {
    return since_ && now - *since_ >= append_patience;
}

Clock::duration
WriterWait::emptied_left(std::uint64_t size, bool has_arrived, Clock::time_point now) {
    if (size != 0 || has_arrived) {
        empty_since_.reset();
        return {};
    }
    if (!empty_since_)
        empty_since_ = now;
    return emptied_patience - (now - *empty_since_);
}

}  // namespace treecast::daemon
