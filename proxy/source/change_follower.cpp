#include "proxy/source/change_follower.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

#include <fcntl.h>

namespace treecast::proxy {

ChangeFollower::ChangeFollower(
    boost::asio::io_context& context,
    Attachment& attachment,
    unsigned worker,
    unsigned workers,
    Calls calls
)
    : attachment_(attachment),
      worker_(worker),
      calls_(std::move(calls)),
      bell_(context),
      look_timer_(context),
      schedule_(workers) {}

void ChangeFollower::stop() {
    look_timer_.cancel();
    boost::system::error_code ignored;
    bell_.close(ignored);
}

void ChangeFollower::loaded(std::span<const ipc::FileId> files) {
    for (ChangeConsumer* const consumer : consumers_)
        for (const ipc::FileId file : files)
            consumer->loaded(file);
}

// --- The bell ------------------------------------------------------------------------------

/// There is one wait at a time. If it ends because the descriptor was replaced, a wait for the new
/// one follows. If the descriptor was closed for good, none follows.
void ChangeFollower::wait_for_bell() {
    if (std::exchange(bell_pending_, true))
        return;
    bell_.async_wait(bell_.wait_read, [this](const boost::system::error_code& error) {
        bell_pending_ = false;
        if (!error && attachment_.pair() != nullptr)
            on_bell();
        if ((!error || error == boost::asio::error::operation_aborted) && bell_.is_open())
            wait_for_bell();
    });
}

/// Clients are answered for the first message before further messages are received.
void ChangeFollower::on_bell() {
    on_notification(attachment_.pair()->receive());
    while (attachment_.pair() != nullptr) {
        const auto newest = attachment_.pair()->drain();
        if (!newest)
            return;
        on_notification(newest);
    }
}

void ChangeFollower::on_notification(const std::optional<ipc::Notification>& notification) {
    if (notification && notification->epoch != attachment_.catalog()->epoch())
        refresh_attachment();
    if (notification)
        attachment_.on_notification();
    catch_up();
    // The log does not contain loads, since a load changes nothing in the tree.
    if (notification)
        for (ChangeConsumer* const consumer : consumers_)
            consumer->loaded(notification->file);
    end_batch();
    if (calls_.ready)  // the first scan may be complete
        refresh_attachment();
    announce_ready();
}

/// Reads the log and notifies the consumers. The queue only triggers that.
void ChangeFollower::catch_up() {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr)
        return;
    const LogPosition::ReadResult result = position_.read(*catalog);
    if (result.scan_completed)
        notify_all(ChangeConsumer::Cause::scan_completed);
    if (result.log_overrun)
        notify_all(ChangeConsumer::Cause::log_overrun);
    if (!result.changes.empty())
        for (ChangeConsumer* const consumer : consumers_)
            consumer->changed(result.changes);
}

void ChangeFollower::notify_all(ChangeConsumer::Cause cause) {
    for (ChangeConsumer* const consumer : consumers_)
        consumer->everything_changed(cause);
}

void ChangeFollower::end_batch() {
    for (ChangeConsumer* const consumer : consumers_)
        consumer->end_batch();
}

// --- Looking by itself ---------------------------------------------------------------------

void ChangeFollower::look() {
    refresh_attachment();
    catch_up();
    end_batch();
    calls_.housekeep();
    announce_ready();
    schedule_look();
}

void ChangeFollower::schedule_look() {
    look_timer_.expires_after(schedule_.next(look_state()));
    look_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            look();
    });
}

LookState ChangeFollower::look_state() const {
    return {
        .has_catalog = attachment_.catalog() != nullptr,
        .was_ready = attachment_.was_ready(),
        .is_hindered = !attachment_.obstacle().empty(),
        .has_queues = attachment_.pair() != nullptr,
        .has_waiters = std::ranges::any_of(consumers_, [](const ChangeConsumer* consumer) {
            return consumer->is_waiting();
        })};
}

void ChangeFollower::announce_ready() {
    if (calls_.ready && attachment_.was_ready())
        std::exchange(calls_.ready, nullptr)();
}

void ChangeFollower::refresh_attachment() {
    const Attachment::Change change = attachment_.refresh();
    if (change.catalog) {
        position_.begin(*attachment_.catalog());
        notify_all(ChangeConsumer::Cause::catalog_replaced);
    }
    if (change.pair)
        watch_bell();
}

void ChangeFollower::watch_bell() {
    boost::system::error_code ignored;
    bell_.close(ignored);
    if (attachment_.pair() == nullptr)
        return;
    const int descriptor =
        ::fcntl(attachment_.pair()->notification_descriptor(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) {
        log::error("worker {}: {}", worker_, last_system_error().message());
        return;
    }
    bell_.assign(descriptor);
    wait_for_bell();
    // Changes between the last look and the claim of the queue pair rang no bell.
    catch_up();
}

}  // namespace treecast::proxy
