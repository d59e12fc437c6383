#include "proxy/files/file_service.hpp"

#include "base/log.hpp"
#include "proxy/http/response_head.hpp"

#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

}  // namespace

FileService::FileService(
    boost::asio::io_context& context,
    Attachment& attachment,
    RepresentationCache& cache,
    FileCodings& codings,
    WantSender& wants,
    std::chrono::milliseconds load_timeout,
    std::chrono::milliseconds coding_wait
)
    : attachment_(attachment),
      cache_(cache),
      codings_(codings),
      wants_(wants),
      load_timeout_(load_timeout),
      coding_wait_(coding_wait),
      due_(
          context,
          [this](Topic& topic, std::size_t& budget) {
              return evaluate_due(topic, budget);
          }
      ),
      spread_(std::random_device()()) {
    codings_.on_end([this](ipc::FileId file) {
        coding_ended(file);
    });
}

void FileService::get(
    Connection& connection,
    std::string_view path,
    FileRequest file,
    FileAnswers& answers
) {
    const bool may_wait = file.wait > 0ms;
    const Sighting seen = look(attachment_.catalog(), path);
    PollDecision decision =
        decide(seen.sight, file.question(may_wait, false, seconds_since_1970()));
    const bool awaits_coding = !choose_coding(path, seen, file, {}, decision);
    if (!awaits_coding)
        if (auto response = answer(path, seen, file, decision, connection.persistence(), answers))
            return connection.respond(std::move(*response));

    // Subscribe first, then look again: see the top of file_service.hpp.
    file.was_present = seen.is_present();
    if (may_wait)
        file.begin_wait(seen.version());
    auto owned = std::make_unique<Waiter>(connection, answers, std::move(file));
    Waiter& waiter = *owned;
    waiter.wait_until = Clock::now();
    if (may_wait)
        waiter.wait_until += spread_.draw_wait(waiter.request.wait);
    waiter.awaits_coding = awaits_coding;
    Topic& topic = subscriptions_.add(path, waiter);
    connection.hold(
        std::move(owned),
        awaits_coding ? Clock::now() + coding_wait_ : waiter.wait_until
    );
    Subscriptions::hold(topic);
    Turn turn{look(attachment_.catalog(), topic.path), Clock::now()};
    subscriptions_.bind(topic, turn.seen.file);
    evaluate(waiter, turn);
    subscriptions_.release(topic);
}

void FileService::wait_is_over(Waiter& waiter) {
    Topic& topic = *waiter.topic;
    Subscriptions::hold(topic);
    Turn turn{look(attachment_.catalog(), topic.path), Clock::now()};
    const auto question = waiter.request.question(false, true, seconds_since_1970());
    waiter.coding_is_late = waiter.awaits_coding;
    if (waiter.loading && decide(turn.seen.sight, question).action == PollAction::load)
        waiter.connection.respond(waiter.answers.try_again(
            waiter.request,
            waiter.connection.persistence(),
            attachment_.obstacle().empty()
                ? "The file's content was not loaded in time."
                : "The daemon cannot be asked for the file's content; /readyz says why.",
            1
        ));
    else
        evaluate(waiter, turn);
    subscriptions_.release(topic);
}

void FileService::changed(std::span<const ipc::LogRecord> changes) {
    for (const ipc::LogRecord& change : changes)
        invalidate(change.file);
}

/// Evicts the representation of an older version, and makes the waiters of the file due.
void FileService::invalidate(ipc::FileId file) {
    const auto* const catalog = attachment_.catalog();
    const bool may_be_coded = !codings_.empty();
    if (cache_.holds(file) || may_be_coded) {
        const auto record = catalog->read(file);
        cache_.remove_superseded(file, record ? &*record : nullptr);
        if (may_be_coded)
            codings_.remove_superseded(
                file,
                {catalog->epoch(), record ? record->content_revision : 0}
            );
    }
    if (subscriptions_.empty())
        return;
    Topic* topic = subscriptions_.find(file);
    if (topic == nullptr)
        if (const auto path = catalog->path(file))
            topic = subscriptions_.find(std::string_view(*path));
    if (topic != nullptr)
        make_due(*topic);
}

void FileService::everything_changed(Cause cause) {
    if (cause != Cause::scan_completed) {
        cache_.clear();
        codings_.clear();
    }
    subscriptions_.for_each([this](Topic& topic) {
        make_due(topic);
    });
}

void FileService::make_due(Topic& topic) {
    topic.due.splice(topic.due.end(), topic.waiting);
    topic.due.splice(topic.due.end(), topic.coding);
    due_.add(topic);
}

/// Answers those who waited for a coding of the file. The others of its topic are not looked at.
void FileService::coding_ended(ipc::FileId file) {
    Topic* const topic = subscriptions_.find(file);
    if (topic == nullptr || topic->coding.empty())
        return;
    topic->due.splice(topic->due.end(), topic->coding);
    due_.add(*topic);
    due_.run();
}

/// Evaluates the due waiters of a topic. They share one look, one open and one prepared response.
bool FileService::evaluate_due(Topic& topic, std::size_t& budget) {
    Subscriptions::hold(topic);
    Turn turn{look(attachment_.catalog(), topic.path), Clock::now()};
    subscriptions_.bind(topic, turn.seen.file);
    while (budget != 0 && !topic.due.empty()) {
        --budget;
        Waiter& waiter = topic.due.front();
        evaluate(waiter, turn);
        if (!topic.due.empty() && &topic.due.front() == &waiter)  // is held further
            topic.waiting.splice(topic.waiting.end(), topic.due, topic.due.begin());
    }
    const bool has_more = !topic.due.empty();
    subscriptions_.release(topic);
    return has_more;
}

/// Answers a parked request or leaves it parked. The waiter may have been destroyed afterwards.
void FileService::evaluate(Waiter& waiter, Turn& turn) {
    const boost::intrusive_ptr<Connection> connection(&waiter.connection);
    const bool waited = waiter.request.wait > 0ms;
    const bool may_wait = waited && turn.now < waiter.wait_until;
    const Persistence persistence = connection->persistence();
    if (turn.last && turn.last->may_wait == may_wait && turn.last->persistence == persistence &&
        turn.last->answers == &waiter.answers && turn.last->request == waiter.request)
        return connection->respond(turn.last->response);

    const Topic& topic = *waiter.topic;
    PollDecision decision =
        decide(turn.seen.sight, waiter.request.question(may_wait, waited, seconds_since_1970()));
    if (decision.action == PollAction::hold)
        return hold(waiter, turn.seen, decision);
    const FileCodings::Occasion occasion{
        .is_pushed = waited && !waiter.awaits_coding,
        .may_wait = !waiter.coding_is_late && !stopping_};
    if (!choose_coding(topic.path, turn.seen, waiter.request, occasion, decision))
        return await_coding(waiter);
    auto response =
        answer(topic.path, turn.seen, waiter.request, decision, persistence, waiter.answers);
    if (!response)
        return load(waiter, turn.seen, decision);
    if (!topic.due.empty())
        turn.last.emplace(
            SharedAnswer{&waiter.answers, waiter.request, may_wait, persistence, *response}
        );
    connection->respond(std::move(*response));
}

/// Returns nullopt if the request has to be held or content has to be loaded first.
std::optional<Response> FileService::answer(
    std::string_view path,
    const Sighting& seen,
    const FileRequest& request,
    const PollDecision& decision,
    Persistence persistence,
    FileAnswers& answers
) {
    if (decision.action == PollAction::hold || decision.action == PollAction::load)
        return std::nullopt;
    if (decision.action == PollAction::cannot_load)  // the next one may find it loaded
        want(seen, request, decision);
    auto response = answers.make(path, seen, request, decision, persistence);
    if (response)
        return std::move(*response);
    if (response.error() == Errc::superseded)
        return std::nullopt;
    log::error("{}: cannot read the content: {}", path, response.error().message());
    return answers
        .try_again(request, persistence, "The file's content cannot be read at the moment.", 1);
}

/// Adds its coding to a decision to send content. Returns false if that has to be waited for.
bool FileService::choose_coding(
    std::string_view path,
    const Sighting& seen,
    const FileRequest& request,
    FileCodings::Occasion occasion,
    PollDecision& decision
) {
    if (decision.action != PollAction::content || request.codings == AcceptedCodings())
        return true;
    const CodingDecision chosen = codings_.choose(seen, path, request, occasion);
    if (chosen.action == CodingAction::wait)
        return false;
    if (chosen.action == CodingAction::refuse) {
        decision.action = PollAction::not_acceptable;
        decision.caching = Caching::none;
    }
    decision.coding = chosen.coding;
    return true;
}

/// Other requests for the file are answered meanwhile. A change does not make the wait longer.
void FileService::await_coding(Waiter& waiter) {
    if (!std::exchange(waiter.awaits_coding, true)) {
        waiter.loading = false;
        waiter.connection.hold_until(Clock::now() + coding_wait_);
    }
    waiter.unlink();
    waiter.topic->coding.push_back(waiter);
}

void FileService::hold(Waiter& waiter, const Sighting& seen, const PollDecision& decision) {
    waiter.request.was_present = waiter.request.was_present || seen.is_present();
    waiter.coding_is_late = false;
    if (waiter.loading || waiter.awaits_coding) {
        waiter.loading = waiter.awaits_coding = false;
        waiter.connection.hold_until(waiter.wait_until);
    }
    if (decision.wants_hash)
        wants_.add(*seen.file, false, waiter.wait_until);
}

void FileService::load(Waiter& waiter, const Sighting& seen, const PollDecision& decision) {
    if (stopping_)
        return waiter.connection.respond(waiter.answers.try_again(
            waiter.request,
            waiter.connection.persistence(),
            "The server is shutting down.",
            spread_.draw_retry_after_s()
        ));
    if (!waiter.loading) {
        waiter.loading = true;
        waiter.awaits_coding = waiter.coding_is_late = false;
        waiter.connection.hold_until(Clock::now() + load_timeout_);
    }
    if (seen.file)  // without a file it waits for the first scan
        want(seen, waiter.request, decision);
}

void FileService::want(
    const Sighting& seen,
    const FileRequest& request,
    const PollDecision& decision
) {
    wants_.add(*seen.file, !request.head && !decision.wants_hash, Clock::now() + load_timeout_);
}

std::vector<ipc::FileId> FileService::collect_files_in_use() {
    std::vector<ipc::FileId> files;
    files.reserve(subscriptions_.topics());
    subscriptions_.for_each([&](const Topic& topic) {
        if (topic.file)
            files.push_back(*topic.file);
    });
    cache_.keep_if([&](Representation& representation) {
        if (representation.exchange_used() && subscriptions_.find(representation.file()) == nullptr)
            files.push_back(representation.file());
        return true;
    });
    return files;
}

void FileService::remove_evicted() {
    cache_.keep_if([catalog = attachment_.catalog()](const Representation& representation) {
        const auto record = catalog->read(representation.file());
        return record && record->resident && representation.is_of(*record);
    });
}

/// Answers as at the end of the wait. Nothing is loaded any more.
void FileService::turn_away(Waiter& waiter) {
    stopping_ = true;
    Topic& topic = *waiter.topic;
    Subscriptions::hold(topic);
    Turn turn{look(attachment_.catalog(), topic.path), Clock::now()};
    waiter.wait_until = turn.now;
    evaluate(waiter, turn);
    subscriptions_.release(topic);
}

}  // namespace treecast::proxy
