// All deadlines of a worker on one timer. One thread.
//
// Moving a deadline to a later time, as a busy connection does at every request, costs nothing: it
// keeps its place in the order, and is sorted in again when that time comes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>

#include <chrono>

namespace treecast::proxy {

using Clock = std::chrono::steady_clock;

/// An object with a deadline. Destroying it disarms it.
class Deadline : public boost::intrusive::set_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                     boost::intrusive::optimize_size<true>> {
public:
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Called once at the deadline, after it was disarmed. May destroy the object.
    virtual void expired() = 0;

    friend bool operator<(const Deadline& left, const Deadline& right) noexcept {
        return left.place_ < right.place_;
    }

protected:
    Deadline() = default;
    ~Deadline() = default;
    /// The time of the last arm().
    Clock::time_point deadline() const noexcept { return at_; }

private:
    friend class Deadlines;
    Clock::time_point place_{};  // position in the order; never later than at_ while armed
    Clock::time_point at_{};
};

class Deadlines {
public:
    explicit Deadlines(boost::asio::io_context& context) : timer_(context) {}

    /// Arms a deadline, or moves it.
    void arm(Deadline& deadline, Clock::time_point at);
    static void disarm(Deadline& deadline) noexcept { deadline.unlink(); }
    /// No deadline expires after this.
    void stop();

private:
    void insert(Deadline& deadline);
    void wait();
    void expire();

    boost::asio::steady_timer timer_;
    boost::intrusive::multiset<Deadline, boost::intrusive::constant_time_size<false>> armed_;
    Clock::time_point waits_for_ = Clock::time_point::max();
    bool stopped_ = false;
};

}  // namespace treecast::proxy
