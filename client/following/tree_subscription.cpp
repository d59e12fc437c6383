#include "client/following/tree_subscription.hpp"

#include "base/log.hpp"
#include "base/one_line.hpp"
#include "client/following/change_line.hpp"
#include "client/output/output.hpp"

#include <algorithm>

namespace treecast::client {

namespace {

/// More files that cannot be served are only counted.
constexpr std::size_t troubles_named_max = 10;

/// The keys of its requests.
constexpr std::size_t feed_request = 0;
constexpr std::size_t content_request = 1;

}  // namespace

TreeSubscription::TreeSubscription(
    const TreeUrl& url,
    std::chrono::seconds wait,
    FirstState first_state,
    LineForm form,
    std::optional<std::string> command
)
    : origin_(url.origin()), feed_(url.changes_url(), wait), known_(first_state), form_(form) {
    if (command)
        commands_.emplace(std::move(*command), origin_);
}

void TreeSubscription::poll(TransferEngine& http, std::size_t first_key, TimePoint now) {
    feed_.poll(http, first_key + feed_request, now);
    if (commands_)
        commands_->poll(http, first_key + content_request, now);
}

std::optional<Watched::TimePoint> TreeSubscription::due() const {
    const auto feed = feed_.due();
    const auto content = commands_ ? commands_->due() : std::nullopt;
    if (feed && content)
        return std::min(*feed, *content);
    return feed ? feed : content;
}

void TreeSubscription::complete(
    std::size_t request,
    const Answer& answer,
    double random,
    TimePoint now
) {
    if (request == content_request) {
        commands_->complete(answer, random, now);
        return;
    }
    const auto action = feed_.complete(answer, random, now);
    troubles_.report(feed_.url(), action.trouble);
    if (!action.answer)
        return;
    const auto news = known_.apply(*action.answer);
    report(news.troubles);
    deliver(news.changes);
}

void TreeSubscription::deliver(const std::vector<TreeChange>& changes) {
    const auto now = std::chrono::system_clock::now();
    std::string lines;
    for (const auto& [path, change] : changes) {
        const auto url = FileUrl::of_file(origin_, path);
        lines += form_ == LineForm::json ? json_line(url, change) : human_line(url, change, now);
    }
    write_to_stdout(lines);
    if (commands_)
        for (const auto& [path, change] : changes)
            commands_->submit(path, change);
}

void TreeSubscription::report(const std::vector<TreeTrouble>& troubles) const {
    const auto named = std::min(troubles.size(), troubles_named_max);
    for (std::size_t i = 0; i < named; ++i) {
        const auto& [path, reason] = troubles[i];
        if (reason.empty())
            log::info("{}: {} can be served again", feed_.url(), one_line(path));
        else
            log::warn("{}: {} cannot be served: {}", feed_.url(), one_line(path), one_line(reason));
    }
    if (troubles.size() > named)
        log::warn(
            "{}: and {} more files that can or cannot be served now",
            feed_.url(),
            troubles.size() - named
        );
}

}  // namespace treecast::client
