// Runs the CMD of `treecast watch --exec` for the files of a feed, one at a time in all.
//
// The content is fetched when the turn of its file has come, so that memory holds one content at a
// time. It may be newer than the change; then the change that the feed lists for it is not run
// again. Of changes of one path that wait, the newest is run, in the place of the first. A file
// whose content cannot be fetched goes to the end, after a pause.
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
        UniqueFd content;
        std::unique_ptr<ContentSink> sink;  // the engine points to it
    };

    bool is_busy() const noexcept { return fetch_ || descriptor() >= 0; }
    void fetch(TransferEngine& http, std::size_t key, std::string path, FileChange change);
    void run(const std::string& path, FileChange change, UniqueFd content);
    void put_off(Fetch fetch, const std::string& trouble);

    std::string command_;
    std::string origin_;
    std::deque<std::string> order_;  // of the keys of `pending_`
    std::unordered_map<std::string, FileChange> pending_;
    std::unordered_map<std::string, std::string> run_ahead_;  // path and version of newer contents
    std::optional<Fetch> fetch_;
    std::optional<CommandRunner> runner_;
    BackOff failures_;
    TimePoint next_fetch_{};
};

}  // namespace treecast::client
