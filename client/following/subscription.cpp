#include "client/following/subscription.hpp"

#include "client/following/change_line.hpp"
#include "client/output/memory_file.hpp"
#include "client/output/output.hpp"

#include <utility>

namespace treecast::client {

Subscription::Subscription(
    FileUrl url,
    PollFsm fsm,
    LineForm form,
    std::optional<CommandRunner> runner
)
    : url_(std::move(url)), fsm_(std::move(fsm)), form_(form), runner_(std::move(runner)) {}

void Subscription::poll(TransferEngine& http, std::size_t first_key, TimePoint now) {
    if (under_way_ || now < next_poll_)
        return;
    if (runner_)
        body_ = create_memory_file();
    sink_ = std::make_unique<ContentSink>(body_.get());
    auto request = fsm_.request();
    http.start(
        first_key,
        {url_.request_url() + request.query, std::move(request.headers), request.wait, sink_.get()}
    );
    under_way_ = true;
}

std::optional<Watched::TimePoint> Subscription::due() const {
    if (under_way_)
        return std::nullopt;
    return next_poll_;
}

void Subscription::complete(std::size_t, const Answer& answer, double random, TimePoint now) {
    under_way_ = false;
    const auto action = fsm_.resume(answer, random);
    next_poll_ = now + action.pause;
    troubles_.report(url_.request_url(), action.trouble);
    if (action.change)
        deliver(*action.change);
    body_.reset();
    sink_.reset();
}

void Subscription::deliver(const FileChange& change) {
    write_to_stdout(
        form_ == LineForm::json ? json_line(url_, change)
                                : human_line(url_, change, std::chrono::system_clock::now())
    );
    // A file that is absent at the start is not reported as an event.
    if (!runner_ || change.event == FileEvent::absent)
        return;
    const bool has_content = change.event == FileEvent::change;
    runner_->submit(change, has_content ? std::move(body_) : UniqueFd());
}

}  // namespace treecast::client
