// One file that `treecast watch` follows: its poll, its output, its command.
#pragma once

#include "base/unique_fd.hpp"
#include "client/following/command_runner.hpp"
#include "client/following/poll_fsm.hpp"
#include "client/following/trouble_log.hpp"
#include "client/following/watched.hpp"
#include "client/http/content_sink.hpp"
#include "client/http/file_url.hpp"
#include "client/http/transfer_engine.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace treecast::client {

class Subscription final : public Watched {
public:
    /// `runner` is for --exec.
    Subscription(FileUrl url, PollFsm fsm, LineForm form, std::optional<CommandRunner> runner);

    void poll(TransferEngine& http, std::size_t first_key, TimePoint now) override;
    std::optional<TimePoint> due() const override;
    void complete(std::size_t request, const Answer& answer, double random, TimePoint now) override;
    int command_descriptor() const noexcept override {
        return runner_ ? runner_->descriptor() : -1;
    }
    void advance_commands() override {
        if (runner_)
            runner_->advance();
    }

private:
    void deliver(const FileChange& change);

    FileUrl url_;
    PollFsm fsm_;
    LineForm form_;
    std::optional<CommandRunner> runner_;

    bool under_way_ = false;
    TimePoint next_poll_{};
    UniqueFd body_;                      // of the poll under way, if a command may need it
    std::unique_ptr<ContentSink> sink_;  // of the poll under way; the engine points to it
    TroubleLog troubles_;
};

}  // namespace treecast::client
