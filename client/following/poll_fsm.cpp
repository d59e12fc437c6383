#include "client/following/poll_fsm.hpp"

#include "base/version.hpp"

#include <utility>

namespace treecast::client {

PollRequest PollFsm::request() const {
    PollRequest request;
    if (known_ == Known::nothing || version_.empty())
        return request;
    request.wait = wait_;
    request.query = "?after=" + version_ + "&wait=" + std::to_string(wait_.count());
    if (known_ == Known::present && !etag_.empty())
        request.headers.push_back("If-None-Match: " + etag_);
    return request;
}

PollAction PollFsm::resume(const Answer& answer, double random) {
    if (answer.status == 200)
        return on_present(answer, random);
    if (answer.status == 304)
        return on_not_modified(answer, random);
    if (answer.status == 204 && parse_version(answer.version))
        return on_no_content(answer, random);
    if (says_absent(answer))
        return on_absent(answer, random);
    return retry(answer, describe_failure(answer), random);
}

PollAction PollFsm::on_present(const Answer& answer, double random) {
    if (auto flaw = flaw_of(answer))
        return retry(answer, std::move(*flaw), random);
    failures_.reset();
    const bool moved = version_ != answer.version;
    const bool same_content = known_ == Known::present && sha256_ == answer.sha256;
    const bool skipped = known_ == Known::nothing && first_state_ == FirstState::skip;
    known_ = Known::present;
    version_ = answer.version;
    etag_ = answer.etag;
    sha256_ = answer.sha256;
    if (same_content)
        return no_news(answer, moved, random);
    if (skipped)
        return {};
    return report(
        {FileEvent::change, answer.version, answer.sha256, answer.body_bytes, answer.mtime}
    );
}

PollAction PollFsm::on_absent(const Answer& answer, double random) {
    failures_.reset();
    const bool moved = version_ != answer.version;
    const Known before = std::exchange(known_, Known::absent);
    version_ = answer.version;
    etag_.clear();
    sha256_.clear();
    if (before == Known::absent)
        return no_news(answer, moved, random);
    if (before == Known::present)
        return report({FileEvent::deleted, answer.version, {}, 0, {}});
    if (first_state_ == FirstState::skip)
        return {};
    return report({FileEvent::absent, answer.version, {}, 0, {}});
}

PollAction PollFsm::on_not_modified(const Answer& answer, double random) {
    if (known_ != Known::present)
        return retry(answer, "HTTP 304 for a request without a condition", random);
    failures_.reset();
    const bool moved = parse_version(answer.version) && version_ != answer.version;
    if (moved)
        version_ = answer.version;
    return no_news(answer, moved, random);
}

/// A 204: nothing is newer than the version that the poll named. If we know that version's content,
/// there is no change. If not, the next poll is sent without a version, after a pause: it is
/// answered at once.
PollAction PollFsm::on_no_content(const Answer& answer, double random) {
    failures_.reset();
    if (known_ == Known::present && version_ == answer.version)
        return no_news(answer, false, random);
    version_.clear();
    return {{}, quick_answers_.pause({}, false, random), {}};
}

PollAction PollFsm::no_news(const Answer& answer, bool version_moved, double random) {
    return {{}, quick_answers_.pause(answer.elapsed, version_moved, random), {}};
}

PollAction PollFsm::report(FileChange change) {
    quick_answers_.reset();
    return {std::move(change), {}, {}};
}

PollAction PollFsm::retry(const Answer& answer, std::string trouble, double random) {
    return {{}, failures_.next(random, answer.retry_after), std::move(trouble)};
}

}  // namespace treecast::client
