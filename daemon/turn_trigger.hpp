// Leads to the daemon's next turn: when somebody asks for one, when events come, when a time comes.
// The daemon's thread.
#pragma once

#include "daemon/back_off.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>

namespace treecast::daemon {

/// Asio closes what it waits on: a copy of the descriptor, which stays its owner's.
boost::asio::posix::stream_descriptor waitable(boost::asio::io_context& loop, int descriptor);

class TurnTrigger {
public:
    /// `events` is readable when there are any. `turn` is called by the loop.
    TurnTrigger(boost::asio::io_context& loop, int events, std::function<void()> turn);

    /// A turn soon; one, however often it is asked for.
    void ask();
    /// A turn has begun: what is asked for from here on leads to another.
    void begin() noexcept { is_asked_ = false; }
    /// A turn when events come; one that waits for them already is enough.
    void wait_for_events();
    /// A turn at this time, and not at the one before; none: at no time.
    void wait_until(std::optional<Clock::time_point> time);

private:
    boost::asio::io_context& loop_;
    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer timer_;
    std::function<void()> turn_;
    bool is_asked_ = false;
    bool waits_for_events_ = false;
};

}  // namespace treecast::daemon
