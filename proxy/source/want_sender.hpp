// Sends this worker's wants to the daemon, and repeats them until they are met or their time is
// over. One thread.
//
// Callers only add wants. New ones are sent together, after the handler that added them has ended,
// and a timer checks those that are outstanding.
#pragma once

#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/wants.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <span>

namespace treecast::proxy {

/// As a consumer of changes it checks its wants at the end of each batch; if there are very many
/// and the daemon can be asked, only at those that its timer ends. It must be the first consumer:
/// those after it end the same batch.
class WantSender final : public ChangeConsumer {
public:
    /// `met` is called with the files whose wants were met, during the end of a batch. `end_batch`
    /// is to end a batch of all consumers.
    WantSender(
        boost::asio::io_context& context,
        Attachment& attachment,
        std::function<void(std::span<const ipc::FileId>)> met,
        std::function<void()> end_batch
    );

    /// Requests the content of a file (or only its hash, if `content` is false) until `until`.
    void add(ipc::FileId file, bool content, Clock::time_point until);
    /// Checks whether there is a new daemon, which has to be sent all wants again.
    void look_at_daemon();
    void stop() { timer_.cancel(); }

    void changed(std::span<const ipc::LogRecord> /*changes*/) override {}
    void loaded(ipc::FileId /*file*/) override {}
    void everything_changed(Cause cause) override;
    void end_batch() override;
    bool is_waiting() const override { return false; }

private:
    void sweep();
    void send();

    boost::asio::io_context& context_;
    Attachment& attachment_;
    const std::function<void(std::span<const ipc::FileId>)> met_;
    const std::function<void()> end_batch_of_all_;
    Wants wants_;
    boost::asio::steady_timer timer_;
    Clock::time_point look_at_ = Clock::time_point::max();  // when the timer ends
    bool send_posted_ = false;
    bool is_sweep_due_ = false;  // the timer has ended
    std::uint32_t daemon_pid_ = 0;
};

}  // namespace treecast::proxy
