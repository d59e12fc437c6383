// Starts the daemon's next turn: on request, on events, or at a given time. The daemon's thread.
#pragma once

#include "daemon/back_off.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>

namespace treecast::daemon {

/// Returns a duplicate of the descriptor, since Asio closes what it waits on. The original stays
/// with its owner.
boost::asio::posix::stream_descriptor waitable(boost::asio::io_context& loop, int descriptor);

class TurnTrigger {
public:
    /// `events` is readable while there are events. The loop calls `turn`.
    TurnTrigger(boost::asio::io_context& loop, int events, std::function<void()> turn);

    /// Requests a turn. Requests before it begins lead to only one.
    void request();
    /// A turn begins. Later requests lead to another.
    void begin() noexcept { is_requested_ = false; }
    /// Requests a turn when events arrive. Does nothing if that is requested already.
    void wait_for_events();
    /// Requests a turn at this time, instead of the time before; none: at no time.
    void wait_until(std::optional<Clock::time_point> time);

private:
    boost::asio::io_context& loop_;
    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer timer_;
    std::function<void()> turn_;
    bool is_requested_ = false;
    bool waits_for_events_ = false;
};

}  // namespace treecast::daemon
