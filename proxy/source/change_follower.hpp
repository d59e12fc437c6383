// Follows the catalog: waits for the bell, reads the log, attaches again when the catalog was
// replaced, and passes the changes to each consumer. One thread.
//
// The log is the truth, the queue is the bell: a message means only that the log may have grown. A
// worker without a queue pair reads the log on a timer. log_position.hpp says what is new,
// look_schedule.hpp when to look next.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/log_position.hpp"
#include "proxy/source/look_schedule.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace treecast::proxy {

class ChangeFollower {
public:
    struct Calls {
        std::function<void()> ready;  // called once, when this worker can answer for the whole tree
        std::function<void()> housekeep;  // called at each look by the timer, not at the bell
    };
    ChangeFollower(
        boost::asio::io_context& context,
        Attachment& attachment,
        unsigned worker,
        unsigned workers,
        Calls calls
    );

    /// Adds a consumer. Consumers are notified in the order in which they were added.
    void add(ChangeConsumer& consumer) { consumers_.push_back(&consumer); }
    /// Looks for the first time, and then regularly until stop().
    void start() { look(); }
    void stop();
    /// Passes `files` to all consumers as loaded, in the batch that is under way.
    void loaded(std::span<const ipc::FileId> files);
    void end_batch();

private:
    void look();
    void schedule_look();
    LookState look_state() const;
    void wait_for_bell();
    void on_bell();
    void on_notification(const std::optional<ipc::Notification>& notification);
    void catch_up();
    void refresh_attachment();
    void watch_bell();
    void notify_all(ChangeConsumer::Cause cause);
    void announce_ready();

    Attachment& attachment_;
    const unsigned worker_;
    Calls calls_;
    std::vector<ChangeConsumer*> consumers_;

    boost::asio::posix::stream_descriptor bell_;
    boost::asio::steady_timer look_timer_;
    bool bell_pending_ = false;  // a wait for the bell is under way
    LogPosition position_;
    LookSchedule schedule_;
};

}  // namespace treecast::proxy
