#include "proxy/archive/archive_service.hpp"

#include "proxy/http/response_head.hpp"
#include "proxy/source/open_content.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// How often those are looked at for whom an archive is made; the making itself ends in time.
constexpr Clock::duration loading_look = 1s;

}  // namespace

ArchiveService::ArchiveService(
    boost::asio::io_context& context,
    Attachment& attachment,
    ArchiveShared shared,
    WantSender& wants,
    Counters& counters,
    const ContentTypes& types,
    ArchiveLimits limits,
    std::chrono::milliseconds load_timeout
)
    : attachment_(attachment),
      shared_(shared),
      counters_(counters),
      answers_(attachment, types, limits.bytes_max),
      topics_(context),
      makings_(
          context,
          attachment,
          shared,
          wants,
          counters,
          limits,
          load_timeout,
          [this](const std::string& name, const ArchiveExchange::Result& result) {
              take(name, result);
          }
      ),
      due_(
          context,
          [this](ArchiveTopic& topic, std::size_t& budget) {
              return evaluate_due(topic, budget);
          }
      ),
      spread_(std::random_device()()) {}

void ArchiveService::get(Connection& connection, const ArchiveTarget& target, FileRequest request) {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr || !catalog->scan_complete())
        return connection.respond(answers_.try_again(
            request,
            connection.persistence(),
            catalog == nullptr ? "The daemon of this instance has not been here yet."
                               : "The first scan of the tree is not complete.",
            1
        ));
    ArchiveTopic& topic = topics_.topic_of(target);
    const ArchiveTopics::Use use(topics_, topic);
    topic.used_at = Clock::now();
    catch_up(topic);
    const bool may_wait = request.wait > 0ms;
    const bool is_current = topic.is_current();
    PollAction action = PollAction::load;
    if (is_current)
        if (auto response =
                answer(topic, request, {may_wait, false, connection.persistence()}, action))
            return connection.respond(std::move(*response));

    ArchiveWaiterOwner& owner = *this;
    auto owned = std::make_unique<ArchiveWaiter>(connection, owner, std::move(request));
    ArchiveWaiter& waiter = *owned;
    waiter.wait_until = topic.used_at + spread_.draw_wait(waiter.request.wait);
    waiter.not_before = topic.changed_at;
    topics_.add(topic, waiter);
    connection.hold(std::move(owned), waiter.wait_until);
    if (action == PollAction::hold)
        return;
    // One that may wait is answered with the next state, as those are who wait already.
    if (!is_current && topic.made && may_wait)
        settle_soon(topic, settle_after);
    else
        load(waiter);
}

// --- Making --------------------------------------------------------------------------------

/// Without a scanned catalog nothing is made; everything_changed() comes back to it.
void ArchiveService::ask(ArchiveTopic& topic) {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (topic.is_asked || catalog == nullptr || !catalog->scan_complete())
        return;
    topic.is_asked = true;
    topic.first_change = {};
    topic.settle_timer.cancel();
    makings_.ask(topic.target);
}

void ArchiveService::take(const std::string& name, const ArchiveExchange::Result& result) {
    ArchiveTopic* const found = topics_.find(name);
    if (found == nullptr || !found->is_asked)
        return;
    ArchiveTopic& topic = *found;
    const ArchiveTopics::Use use(topics_, topic);
    topic.is_asked = false;
    if (result.made->epoch != attachment_.catalog()->epoch()) {
        if (topic.has_waiters())
            ask(topic);
        return;
    }
    if (result.made->lasts()) {
        const auto before = std::exchange(topic.made, result.made);
        if (result.content) {
            pin(topic);
            topic.fresh = share_made(result.content, counters_);
            topic.content = topic.fresh;
        }
        if (before)
            keep_knowledge(topic, *before);
    } else {
        topic.failure = result.made;
    }
    if (!topic.has_waiters()) {
        topic.fresh.reset();
        topic.failure.reset();
        return;
    }
    topic.due.splice(topic.due.end(), topic.waiting);
    due_.add(topic);
    due_.run();
}

/// The state is the one before, only its version is another: a file was touched. Who had the state
/// before still has it.
void ArchiveService::keep_knowledge(ArchiveTopic& topic, const MadeArchive& before) {
    const MadeArchive& made = *topic.made;
    if (before.kind != MadeArchive::Kind::present || made.kind != before.kind ||
        made.digest != before.digest || made.epoch != before.epoch)
        return;
    for (ArchiveWaiterList* const list : {&topic.waiting, &topic.due})
        for (ArchiveWaiter& waiter : *list) {
            auto& after = waiter.request.after;
            if (after && after->epoch == made.epoch && after->revision >= before.version &&
                after->revision <= before.revision)
                after->revision = std::max(after->revision, made.version);
        }
}

// --- Held requests -------------------------------------------------------------------------

bool ArchiveService::evaluate_due(ArchiveTopic& topic, std::size_t& budget) {
    const ArchiveTopics::Use use(topics_, topic);
    std::optional<SharedAnswer> last;
    while (budget != 0 && !topic.due.empty()) {
        --budget;
        ArchiveWaiter& waiter = topic.due.front();
        evaluate(waiter, last);
        if (!topic.due.empty() && &topic.due.front() == &waiter)  // was not answered
            topic.waiting.splice(topic.waiting.end(), topic.due, topic.due.begin());
    }
    if (!topic.due.empty())
        return true;
    topic.fresh.reset();
    const bool has_failed = std::exchange(topic.failure, nullptr) != nullptr;
    if (topic.waiting.empty() || topic.is_current())
        return false;
    if (std::ranges::any_of(topic.waiting, &ArchiveWaiter::is_loading))
        ask(topic);
    else
        settle_soon(topic, has_failed ? retry_after : settle_after);
    return false;
}

/// Answers a held request or leaves it held. The waiter may have been destroyed afterwards.
void ArchiveService::evaluate(ArchiveWaiter& waiter, std::optional<SharedAnswer>& last) {
    ArchiveTopic& topic = *waiter.topic;
    const boost::intrusive_ptr<Connection> connection(&waiter.connection);
    const bool waited = waiter.request.wait > 0ms;
    const Moment moment{
        waited && Clock::now() < waiter.wait_until,
        waited,
        connection->persistence()};
    if (topic.failure) {
        if (waiter.is_loading)
            connection->respond(
                answers_.refuse(topic.target, *topic.failure, waiter.request, moment.persistence)
            );
        return;
    }
    // What was made may have been begun before the request came.
    if (!topic.made || (waiter.is_loading && topic.made->revision < waiter.not_before))
        return;
    if (last && last->request == waiter.request && last->moment == moment)
        return connection->respond(last->response);
    const FileRequest asked = waiter.request;
    PollAction action = PollAction::load;
    auto response = answer(topic, waiter.request, moment, action);
    if (response) {
        last.emplace(SharedAnswer{asked, moment, *response});
        return connection->respond(std::move(*response));
    }
    if (action == PollAction::load)
        return load(waiter);
    if (waiter.is_loading) {
        waiter.is_loading = false;
        connection->hold_until(waiter.wait_until);
    }
}

/// Has the archive made for a request that is answered as soon as it is there.
void ArchiveService::load(ArchiveWaiter& waiter) {
    ArchiveTopic& topic = *waiter.topic;
    if (is_stopping_)
        return waiter.connection.respond(answers_.try_again(
            waiter.request,
            waiter.connection.persistence(),
            "The server is shutting down.",
            spread_.draw_retry_after_s()
        ));
    ask(topic);
    if (!topic.is_asked)
        return waiter.connection.respond(answers_.try_again(
            waiter.request,
            waiter.connection.persistence(),
            "The first scan of the tree is not complete.",
            1
        ));
    waiter.is_loading = true;
    waiter.connection.hold_until(Clock::now() + loading_look);
}

void ArchiveService::wait_is_over(ArchiveWaiter& waiter) {
    ArchiveTopic& topic = *waiter.topic;
    const ArchiveTopics::Use use(topics_, topic);
    if (waiter.is_loading || !topic.is_current())
        return load(waiter);
    std::optional<SharedAnswer> last;
    evaluate(waiter, last);
}

/// Answers as at the end of the wait, with the state that was made last. Nothing is made any more.
void ArchiveService::turn_away(ArchiveWaiter& waiter) {
    is_stopping_ = true;
    ArchiveTopic& topic = *waiter.topic;
    const ArchiveTopics::Use use(topics_, topic);
    if (!topic.made || (waiter.is_loading && topic.made->revision < waiter.not_before))
        return load(waiter);
    topic.failure.reset();
    waiter.wait_until = Clock::now();
    std::optional<SharedAnswer> last;
    evaluate(waiter, last);
}

// --- Answers -------------------------------------------------------------------------------

/// nullopt: hold the request, or have the archive made, as `action` says.
std::optional<Response> ArchiveService::answer(
    ArchiveTopic& topic,
    FileRequest& request,
    const Moment& moment,
    PollAction& action
) {
    using Kind = MadeArchive::Kind;
    const MadeArchive& made = *topic.made;
    if (made.kind != Kind::present && made.kind != Kind::absent)
        return answers_.refuse(topic.target, made, request, moment.persistence);
    const bool is_present = made.kind == Kind::present;
    if (moment.may_wait)
        request.begin_wait(
            is_present ? std::optional(Version{made.epoch, made.version}) : std::nullopt
        );
    const PollDecision decision = decide(
        sight_of(made, *attachment_.catalog()),
        request.question(moment.may_wait, moment.waited, seconds_since_1970())
    );
    action = decision.action;
    if (action == PollAction::hold)
        request.was_present = request.was_present || is_present;
    if (action == PollAction::hold || action == PollAction::load)
        return std::nullopt;
    std::shared_ptr<Content> content;
    if (action == PollAction::content) {
        content = content_of(topic);
        if (!content) {  // it was evicted
            action = PollAction::load;
            return std::nullopt;
        }
    }
    return answers_.make(topic.target, made, request, decision, moment.persistence, content);
}

std::shared_ptr<Content> ArchiveService::content_of(ArchiveTopic& topic) {
    if (auto content = topic.content.lock(); content && !content->pinned())
        return content;
    const auto kept = shared_.contents.find(content_key(topic.target.name), topic.made->kept_as);
    if (!kept || !*kept)
        return nullptr;
    auto content = share_made(*kept, counters_);
    topic.content = content;
    return content;
}

}  // namespace treecast::proxy
