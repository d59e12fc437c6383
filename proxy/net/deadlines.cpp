#include "proxy/net/deadlines.hpp"

namespace treecast::proxy {

namespace {

/// Deadlines that expire in one turn at most, so that many of them do not delay everything else.
constexpr int expiries_per_turn = 256;

}  // namespace

void Deadlines::arm(Deadline& deadline, Clock::time_point at) {
    deadline.at_ = at;
    if (deadline.is_linked()) {
        if (deadline.place_ <= at)
            return;
        deadline.unlink();
    }
    insert(deadline);
}

void Deadlines::insert(Deadline& deadline) {
    deadline.place_ = deadline.at_;
    armed_.insert(deadline);
    // If the timer is early, nothing expires and it is set again. Most deadlines are moved before
    // they are reached.
    if (deadline.place_ < waits_for_)
        wait();
}

void Deadlines::wait() {
    if (stopped_ || armed_.empty()) {
        waits_for_ = Clock::time_point::max();
        return;
    }
    waits_for_ = armed_.begin()->place_;
    timer_.expires_at(waits_for_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            expire();
    });
}

void Deadlines::expire() {
    const auto now = Clock::now();
    for (int i = 0; i < expiries_per_turn && !armed_.empty(); ++i) {
        Deadline& first = *armed_.begin();
        if (first.place_ > now)
            break;
        first.unlink();
        if (first.at_ > now)
            insert(first);
        else
            first.expired();
    }
    wait();
}

void Deadlines::stop() {
    stopped_ = true;
    timer_.cancel();
}

}  // namespace treecast::proxy
