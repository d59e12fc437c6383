#include "daemon/turn_trigger.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>

namespace treecast::daemon {

namespace asio = boost::asio;
using Error = boost::system::error_code;

asio::posix::stream_descriptor waitable(asio::io_context& loop, int descriptor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        throw std::system_error(errno, std::system_category(), "cannot duplicate a descriptor");
    return {loop, copy};
}

TurnTrigger::TurnTrigger(asio::io_context& loop, int events, std::function<void()> turn)
    : loop_(loop), events_(waitable(loop, events)), timer_(loop), turn_(std::move(turn)) {}

void TurnTrigger::request() {
    if (std::exchange(is_requested_, true))
        return;
    asio::post(loop_, [this] {
        turn_();
    });
}

void TurnTrigger::wait_for_events() {
    if (std::exchange(waits_for_events_, true))
        return;
    events_.async_wait(asio::posix::descriptor_base::wait_read, [this](const Error& error) {
        waits_for_events_ = false;
        if (!error && !is_requested_)
            turn_();  // at once, since a posted turn costs a poll of all descriptors first
    });
}

void TurnTrigger::wait_until(std::optional<Clock::time_point> time) {
    if (!time) {
        timer_.cancel();
        return;
    }
    if (timer_.expiry() == *time)
        return;
    timer_.expires_at(*time);
    timer_.async_wait([this](const Error& error) {
        if (!error)
            request();
    });
}

}  // namespace treecast::daemon
