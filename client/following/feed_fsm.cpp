#include "client/following/feed_fsm.hpp"

#include <utility>

namespace treecast::client {

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
            cursor_.clear();
        return retry(answer, describe_failure(answer), random);
    }
    if (!answer.failure.empty())
        return retry(answer, "the answer is incomplete: " + answer.failure, random);
    auto feed = parse_feed_answer(body);
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
    const bool cursor_moved = cursor_ != feed.cursor;
    const bool pauses = needs_pause(answer, feed, cursor_moved);
    cursor_ = feed.cursor;
    more_ = feed.more;
    FeedAction action;
    action.answer = std::move(feed);
    if (pauses)
        action.pause = quick_answers_.next(random);
    return action;
}

/// A server holds a request while there is no change. If it answers at once instead, or begins anew
/// again and again (two servers that disagree on the epoch), pauses prevent a busy loop. One such
/// answer that moves the cursor is normal: a new epoch. Pages that make progress are no news and
/// need no pause.
bool FeedFsm::needs_pause(const Answer& answer, const FeedAnswer& feed, bool cursor_moved) {
    if (cursor_.empty())
        return false;
    const bool brings_changes = !feed.changes.empty() && !feed.reset;
    if (more_ && !feed.reset && (brings_changes || cursor_moved))
        return false;
    if (brings_changes || (answer.elapsed >= quick_answer_max && !more_)) {
        quick_answers_.reset();
        moved_quickly_ = false;
        return false;
    }
    return !cursor_moved || std::exchange(moved_quickly_, true);
}

FeedAction FeedFsm::retry(const Answer& answer, std::string trouble, double random) {
    return {{}, failures_.next(random, answer.retry_after), std::move(trouble)};
}

}  // namespace treecast::client
