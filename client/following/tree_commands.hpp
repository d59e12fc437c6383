// Runs the CMD of `treecast watch --exec` for the files of a feed, one at a time in all.
//
// The content is fetched when the turn of its file has come, so that memory holds one content at a
// time. It may be newer than the change; then the change that the feed lists for it is not run
// again. Of changes of one path that wait, the newest is run, in the place of the first.
//
// If a content cannot be fetched, the next one is fetched after a pause, in case the server is at
// fault. The file itself is put off: it is tried again behind another one, with pauses of its own.
// So a file that cannot be had delays the changes of others once and not at every attempt.
#pragma once

#include "base/unique_fd.hpp"
#include "client/following/command_runner.hpp"
#include "client/following/file_change.hpp"
#include "client/http/back_off.hpp"
#include "client/http/content_sink.hpp"
#include "client/http/transfer_engine.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace treecast::client {

class TreeCommands {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    TreeCommands(std::string command, std::string origin)
        : command_(std::move(command)), origin_(std::move(origin)) {}

    void submit(const std::string& path, FileChange change);
    /// Runs the next command, or starts to fetch its content with `key`.
    void poll(TransferEngine& http, std::size_t key, TimePoint now);
    /// When `poll` has to be called; nullopt: not before an answer or the end of a command.
    std::optional<TimePoint> due() const;
    /// Processes the answer with a content.
    void complete(const Answer& answer, double random, TimePoint now);

    int descriptor() const noexcept { return runner_ ? runner_->descriptor() : -1; }
    void advance();

private:
    struct Fetch {
        std::string path;
        FileChange change;
        bool was_put_off = false;
        UniqueFd content;
        std::unique_ptr<ContentSink> sink;  // the engine points to it
    };
    /// Files in the order of their turns.
    struct Queue {
        std::deque<std::string> paths;  // keys of `pending_`
        BackOff failures;
        TimePoint next{};  // not before
    };

    bool is_busy() const noexcept { return fetch_ || descriptor() >= 0; }
    void fetch(TransferEngine& http, std::size_t key, Fetch fetch);
    void run(const std::string& path, FileChange change, UniqueFd content);
    void put_off(Fetch fetch, const std::string& trouble);

    std::string command_;
    std::string origin_;
    Queue changed_;
    Queue put_off_;
    std::unordered_map<std::string, FileChange> pending_;     // each in one of the queues
    std::unordered_map<std::string, std::string> run_ahead_;  // path and version of newer contents
    std::optional<Fetch> fetch_;
    std::optional<CommandRunner> runner_;
};

}  // namespace treecast::client
