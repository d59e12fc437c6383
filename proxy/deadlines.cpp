#include "proxy/deadlines.hpp"

namespace treecast::proxy {

namespace {

/// Expiries per turn, so that many at once do not keep others from being served.
constexpr int expiries_per_turn = 256;

}  // namespace

void Deadlines::arm(Deadline& deadline, Clock::time_point at) {
    if (deadline.is_linked())
        deadline.unlink();
    deadline.at_ = at;
    armed_.insert(deadline);
    // A timer that is early finds nothing to do and is set anew; most deadlines move on before
    // they are reached.
    if (at < waits_for_)
        wait();
}

void Deadlines::wait() {
    if (stopped_ || armed_.empty()) {
        waits_for_ = Clock::time_point::max();
        return;
    }
    waits_for_ = armed_.begin()->at_;
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
        if (first.at_ > now)
            break;
        first.unlink();
        first.expired();
    }
    wait();
}

void Deadlines::stop() {
    stopped_ = true;
    timer_.cancel();
}

}  // namespace treecast::proxy
