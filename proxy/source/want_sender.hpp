// Asks the daemon for what this worker wants, and repeats that until it is there. One thread.
//
// Whoever adds a want need do nothing else: new ones are sent together when the handler that added
// them has ended, and a timer looks at those that are outstanding.
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

/// As a consumer of changes it looks at its wants whenever the bell rings; it must be the first.
class WantSender final : public ChangeConsumer {
public:
    /// `met` gets the files that are found loaded, and may end a batch of its own.
    WantSender(
        boost::asio::io_context& context,
        Attachment& attachment,
        std::function<void(std::span<const ipc::FileId>)> met
    );

    /// Wants content (or, if `content` is false, the hash) of a file until `until`.
    void add(ipc::FileId file, bool content, Clock::time_point until);
    /// Looks whether a new daemon is there, to which everything is new.
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
    Wants wants_;
    boost::asio::steady_timer timer_;
    Clock::time_point look_at_ = Clock::time_point::max();  // when the timer ends
    bool send_posted_ = false;
    std::uint32_t daemon_pid_ = 0;
};

}  // namespace treecast::proxy
