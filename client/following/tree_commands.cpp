#include "client/following/tree_commands.hpp"

#include "base/log.hpp"
#include "base/one_line.hpp"
#include "client/http/file_url.hpp"
#include "client/output/memory_file.hpp"

#include <algorithm>
#include <utility>

namespace treecast::client {

void TreeCommands::submit(const std::string& path, FileChange change) {
    if (const auto ahead = run_ahead_.find(path); ahead != run_ahead_.end()) {
        const bool was_run = ahead->second == change.version;
        run_ahead_.erase(ahead);
        if (was_run)
            return;
    }
    const bool is_first = pending_.insert_or_assign(path, std::move(change)).second;
    if (is_first || std::erase(put_off_.paths, path) > 0)
        changed_.paths.push_back(path);
}

void TreeCommands::poll(TransferEngine& http, std::size_t key, TimePoint now) {
    const auto is_due = [now](const Queue& queue) {
        return !queue.paths.empty() && now >= queue.next;
    };
    if (is_busy() || (!is_due(changed_) && !is_due(put_off_)))
        return;
    const bool was_put_off =
        is_due(put_off_) && (!is_due(changed_) || put_off_.next < changed_.next);
    Queue& queue = was_put_off ? put_off_ : changed_;
    auto next = pending_.extract(queue.paths.front());
    queue.paths.pop_front();
    if (next.mapped().event == FileEvent::change)
        fetch(http, key, {std::move(next.key()), std::move(next.mapped()), was_put_off, {}, {}});
    else
        run(next.key(), std::move(next.mapped()), {});
}

std::optional<TreeCommands::TimePoint> TreeCommands::due() const {
    std::optional<TimePoint> due;
    if (is_busy())
        return due;
    for (const Queue* const queue : {&changed_, &put_off_})
        if (!queue->paths.empty())
            due = due ? std::min(*due, queue->next) : queue->next;
    return due;
}

void TreeCommands::fetch(TransferEngine& http, std::size_t key, Fetch fetch) {
    fetch.content = create_memory_file();
    fetch.sink = std::make_unique<ContentSink>(fetch.content.get());
    http.start(
        key,
        {FileUrl::of_file(origin_, fetch.path).request_url(), {}, {}, fetch.sink.get()}
    );
    fetch_ = std::move(fetch);
}

void TreeCommands::complete(const Answer& answer, double random, TimePoint now) {
    auto fetch = std::move(*std::exchange(fetch_, std::nullopt));
    std::string trouble;
    if (answer.status != 200)
        trouble = describe_failure(answer);
    else if (auto flaw = flaw_of(answer))
        trouble = std::move(*flaw);
    const bool is_gone = says_absent(answer);  // the feed lists the deletion, or has done so
    Queue& queue = fetch.was_put_off ? put_off_ : changed_;
    if (trouble.empty() || is_gone) {
        queue.failures.reset();
        queue.next = now;
    }
    if (is_gone)
        return;
    if (!trouble.empty()) {
        queue.next = now + queue.failures.next(random, answer.retry_after);
        put_off(std::move(fetch), trouble);
        return;
    }
    const auto newer = pending_.find(fetch.path);
    if (newer != pending_.end() && newer->second.version == answer.version) {
        std::erase(changed_.paths, fetch.path);
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
    if (!pending_.try_emplace(fetch.path, std::move(fetch.change)).second)
        return;
    put_off_.paths.push_back(std::move(fetch.path));
    put_off_.next = std::max(put_off_.next, changed_.next);
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
