// One URL that `treecast watch` follows: its poll, its output, its command.
#pragma once

#include "base/unique_fd.hpp"
#include "client/following/command_runner.hpp"
#include "client/following/poll_fsm.hpp"
#include "client/http/content_sink.hpp"
#include "client/http/file_url.hpp"
#include "client/http/transfer_engine.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace treecast::client {

enum class LineForm { human, json };

class Subscription {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// `runner` is for --exec.
    Subscription(FileUrl url, PollFsm fsm, LineForm form, std::optional<CommandRunner> runner);

    /// Starts the next poll with `key` if it is due.
    void poll(TransferEngine& http, std::size_t key, TimePoint now);
    /// When `poll` has to be called; nullopt while a poll is under way.
    std::optional<TimePoint> due() const;
    /// Processes an answer: prints the change and runs the command. Throws std::system_error if it
    /// cannot print.
    void complete(const Answer& answer, double random, TimePoint now);

    /// nullptr without --exec.
    CommandRunner* runner() noexcept { return runner_ ? &*runner_ : nullptr; }

private:
    void deliver(const FileChange& change);
    void report(const PollAction& action);

    FileUrl url_;
    PollFsm fsm_;
    LineForm form_;
    std::optional<CommandRunner> runner_;

    bool under_way_ = false;
    TimePoint next_poll_{};
    UniqueFd body_;                      // of the poll under way, if a command may need it
    std::unique_ptr<ContentSink> sink_;  // of the poll under way; the engine points to it
    std::string trouble_;                // logged last and not resolved yet
};

}  // namespace treecast::client
