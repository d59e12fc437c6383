#include "client/following/feed_fsm.hpp"

#include <utility>

namespace treecast::client {

using std::chrono::milliseconds;

FeedRequest FeedFsm::request() const {
    if (cursor_.empty())
        return {};
    if (more_)
        return {"after=" + cursor_, {}};
    return {"after=" + cursor_ + "&wait=" + std::to_string(wait_.count()), wait_};
}

FeedAction FeedFsm::resume(const Answer& answer, std::string_view body, double random) {
    if (answer.status != 200) {
        // A server to which the cursor means nothing, after an exchange of its program say.
        if (answer.status == 400)
            begin_anew();
        return retry(answer, describe_failure(answer), random);
    }
    if (!answer.failure.empty())
        return retry(answer, "the answer is incomplete: " + answer.failure, random);
    auto feed = parse_feed_answer(body, form_);
    if (!feed)
        return retry(
            answer,
            "the answer " + feed.error().reason + ": no change feed of Treecast",
            random
        );
    if (cursor_.empty() && !feed->reset)
        return retry(answer, "the answer is no present state, which was asked for", random);
    if (feed->same)
        return retry(answer, "the answer says 'same', which was not asked", random);
    return accept(answer, std::move(*feed), random);
}

FeedAction FeedFsm::accept(const Answer& answer, FeedAnswer feed, double random) {
    failures_.reset();
    const auto pause = pause_after(answer, feed, random);
    cursor_ = feed.cursor;
    more_ = feed.more;
    return {std::move(feed), pause, {}};
}

/// The present state that was asked for needs no pause, and neither do pages that make progress.
/// They are no news either.
milliseconds FeedFsm::pause_after(const Answer& answer, const FeedAnswer& feed, double random) {
    const bool has_moved = cursor_ != feed.cursor;
    const bool brings_changes = !feed.changes.empty() && !feed.reset;
    if (cursor_.empty() || (more_ && !feed.reset && (brings_changes || has_moved)))
        return {};
    if (brings_changes) {
        quick_answers_.reset();
        return {};
    }
    // A request for the next page is not held, however long its answer takes.
    return quick_answers_.pause(more_ ? milliseconds(0) : answer.elapsed, has_moved, random);
}

FeedAction FeedFsm::retry(const Answer& answer, std::string trouble, double random) {
    return {{}, failures_.next(random, answer.retry_after), std::move(trouble)};
}

}  // namespace treecast::client
