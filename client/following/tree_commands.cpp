#include "client/following/tree_commands.hpp"

#include "base/log.hpp"
#include "base/one_line.hpp"
#include "client/http/file_url.hpp"
#include "client/output/memory_file.hpp"

#include <utility>

namespace treecast::client {

void TreeCommands::submit(const std::string& path, FileChange change) {
    if (const auto ahead = run_ahead_.find(path); ahead != run_ahead_.end()) {
        const bool was_run = ahead->second == change.version;
        run_ahead_.erase(ahead);
        if (was_run)
            return;
    }
    if (pending_.insert_or_assign(path, std::move(change)).second)
        order_.push_back(path);
}

void TreeCommands::poll(TransferEngine& http, std::size_t key, TimePoint now) {
    if (is_busy() || order_.empty() || now < next_fetch_)
        return;
    auto next = pending_.extract(order_.front());
    order_.pop_front();
    if (next.mapped().event == FileEvent::change)
        fetch(http, key, std::move(next.key()), std::move(next.mapped()));
    else
        run(next.key(), std::move(next.mapped()), {});
}

std::optional<TreeCommands::TimePoint> TreeCommands::due() const {
    if (is_busy() || order_.empty())
        return std::nullopt;
    return next_fetch_;
}

void TreeCommands::fetch(
    TransferEngine& http,
    std::size_t key,
    std::string path,
    FileChange change
) {
    UniqueFd content = create_memory_file();
    auto sink = std::make_unique<ContentSink>(content.get());
    http.start(key, {FileUrl::of_file(origin_, path).request_url(), {}, {}, sink.get()});
    fetch_ = Fetch{std::move(path), std::move(change), std::move(content), std::move(sink)};
}

void TreeCommands::complete(const Answer& answer, double random, TimePoint now) {
    auto fetch = std::move(*std::exchange(fetch_, std::nullopt));
    std::string trouble;
    if (answer.status != 200)
        trouble = describe_failure(answer);
    else if (auto flaw = flaw_of(answer))
        trouble = std::move(*flaw);
    const bool is_gone = says_absent(answer);  // the feed lists the deletion, or has done so
    if (trouble.empty() || is_gone) {
        failures_.reset();
        next_fetch_ = now;
    }
    if (is_gone)
        return;
    if (!trouble.empty()) {
        next_fetch_ = now + failures_.next(random, answer.retry_after);
        put_off(std::move(fetch), trouble);
        return;
    }
    const auto newer = pending_.find(fetch.path);
    if (newer != pending_.end() && newer->second.version == answer.version) {
        std::erase(order_, fetch.path);
        pending_.erase(newer);
    } else if (newer == pending_.end() && answer.version != fetch.change.version) {
        run_ahead_[fetch.path] = answer.version;
    }
    run(fetch.path,
        {FileEvent::change, answer.version, answer.sha256, answer.body_bytes, answer.mtime},
        std::move(fetch.content));
}

/// A newer change that came meanwhile stays as it is.
void TreeCommands::put_off(Fetch fetch, const std::string& trouble) {
    log::warn("no content of {} for its command: {}; trying again", one_line(fetch.path), trouble);
    if (pending_.try_emplace(fetch.path, std::move(fetch.change)).second)
        order_.push_back(std::move(fetch.path));
}

void TreeCommands::run(const std::string& path, FileChange change, UniqueFd content) {
    runner_.emplace(command_, path);
    runner_->submit(std::move(change), std::move(content));
}

void TreeCommands::advance() {
    if (runner_)
        runner_->advance();
}

}  // namespace treecast::client
