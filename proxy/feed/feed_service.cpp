#include "proxy/feed/feed_service.hpp"

#include "proxy/http/problem.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// How long a request without `wait` is held for the end of a publication.
constexpr auto settling_max = 1s;

bool is_digest(const Sha256& digest, std::string_view bytes) {
    return std::ranges::equal(digest, bytes, {}, {}, [](char byte) {
        return static_cast<std::uint8_t>(byte);
    });
}

FeedPages::Wish wish_of(const FeedRequest& request) {
    return {request.limit, request.is_multipart ? PageForm::files : PageForm::json};
}

}  // namespace

FeedService::FeedService(
    boost::asio::io_context& context,
    Attachment& attachment,
    Maker& maker,
    WantSender& wants,
    RepresentationCache& cache,
    std::string instance,
    std::chrono::milliseconds load_timeout
)
    : attachment_(attachment),
      instance_(std::move(instance)),
      dispatcher_(context, attachment),
      topics_(dispatcher_.topics()),
      pages_(dispatcher_.pages()),
      digests_(
          context,
          attachment,
          maker,
          wants,
          topics_,
          load_timeout,
          [this](FeedTopic& topic, bool is_made) {
              digest_has_ended(topic, is_made);
          }
      ),
      multipart_(context, attachment, cache, wants, load_timeout),
      spread_(std::random_device()()) {}

void FeedService::get(Connection& connection, Interest interest, const FeedRequest& request) {
    FeedTopic& topic = topics_.topic_of(std::move(interest));
    const FeedTopics::Use use(topics_, topic);
    FeedMoment moment{
        .persistence = connection.persistence(),
        .may_load = true,
        .may_settle = true};
    if (request.wait == 0ms)
        if (auto reply = answer(topic, request, moment))
            return send(connection, request, std::move(*reply));

    FeedWaiterOwner& owner = *this;
    // Join the topic first, then read: see the top of feed_dispatcher.hpp.
    auto owned = std::make_unique<FeedWaiter>(connection, owner, request);
    FeedWaiter& waiter = *owned;
    waiter.wait_until = Clock::now() + spread_.draw_wait(waiter.request.wait);
    topics_.add(topic, waiter);
    connection.hold(std::move(owned), waiter.wait_until);
    moment.may_wait = waiter.request.wait > 0ms;
    if (auto reply = answer(topic, request, moment))
        send(connection, request, std::move(*reply));
    else if (const auto deadline = digest_deadline(waiter))
        connection.hold_until(std::max(waiter.wait_until, *deadline));
    else if (waiter.request.wait == 0ms)
        connection.hold_until(waiter.wait_until = Clock::now() + settling_max);
}

void FeedService::send(Connection& connection, const FeedRequest& request, FeedReply reply) {
    if (!reply.rest)
        return connection.respond(std::move(reply.response));
    auto rest = multipart_.stream(connection, request, reply);
    connection.respond(std::move(reply.response), std::move(rest));
}

// --- Held requests -------------------------------------------------------------------------

void FeedService::wait_is_over(FeedWaiter& waiter) {
    FeedTopic& topic = *waiter.topic;
    const FeedTopics::Use use(topics_, topic);
    if (const auto deadline = digest_deadline(waiter); deadline && *deadline > Clock::now())
        return waiter.connection.hold_until(*deadline);
    const FeedMoment moment{.persistence = waiter.connection.persistence(), .is_held = true};
    send(waiter.connection, waiter.request, *answer(topic, waiter.request, moment));
}

/// When a digest on which the answer depends is no longer waited for.
std::optional<Clock::time_point> FeedService::digest_deadline(const FeedWaiter& waiter) const {
    if (!waiter.request.state || !waiter.may_load || is_after_snapshot(waiter.request))
        return std::nullopt;
    return digests_.deadline(*waiter.topic);
}

/// It was not looked at once more. So the cursor stays, and if a publication is or was under way,
/// the answer says `more`.
void FeedService::turn_away(FeedWaiter& waiter) {
    const Persistence persistence = waiter.connection.persistence();
    send(
        waiter.connection,
        waiter.request,
        waiter.request.after ? answer_quiet(
                                   waiter.request,
                                   persistence,
                                   0,
                                   waiter.topic->is_overrun || waiter.request.after->place
                               )
                             : refuse(
                                   waiter.request,
                                   persistence,
                                   "The server is shutting down.",
                                   spread_.draw_retry_after_s()
                               )
    );
}

void FeedService::removed(FeedWaiter& waiter) {
    if (waiter.topic == nullptr)
        return;
    FeedTopic& topic = *waiter.topic;
    const FeedTopics::Use use(topics_, topic);
    topics_.remove(waiter);
    if (topic.requests == 0)
        digests_.abandon(topic);
}

void FeedService::loaded(ipc::FileId file) {
    digests_.loaded(file);
    multipart_.loaded(file);
}

void FeedService::end_batch() {
    dispatcher_.end_batch();
    multipart_.end_batch();
}

void FeedService::everything_changed(Cause cause) {
    if (cause == Cause::catalog_replaced) {
        digests_.clear();
        multipart_.catalog_was_replaced();
    }
    dispatcher_.everything_changed(cause);
}

/// Those who wait for a change are evaluated too, and stay. Where there is no digest, it is not
/// begun again for those who have waited: it might never end.
void FeedService::digest_has_ended(FeedTopic& topic, bool is_made) {
    if (!is_made)
        for (FeedSubscriberList* const list : {&topic.waiting, &topic.due})
            for (FeedSubscriber& subscriber : *list)
                subscriber.digest_was_given_up();
    dispatcher_.evaluate_all(topic);
}

/// Answers a held request or leaves it held. The waiter may have been destroyed afterwards.
void FeedService::evaluate(FeedWaiter& waiter, FeedTurn& turn) {
    const boost::intrusive_ptr<Connection> connection(&waiter.connection);
    const FeedMoment moment{
        .persistence = connection->persistence(),
        .is_held = true,
        .may_load = waiter.may_load,
        .may_wait = Clock::now() < waiter.wait_until};
    if (!turn.answer || turn.answer->request != waiter.request || turn.answer->moment != moment)
        turn.answer.emplace(
            FeedTurn::Answer{waiter.request, moment, answer(*waiter.topic, waiter.request, moment)}
        );
    if (turn.answer->reply)
        send(*connection, turn.answer->request, *turn.answer->reply);
}

// --- Answers -------------------------------------------------------------------------------

/// Whether it asks for changes, and they can be said.
bool FeedService::is_after_snapshot(const FeedRequest& request) const {
    return request.after && !request.after->is_within_snapshot() &&
           is_known(*attachment_.catalog(), *request.after);
}

/// nullopt: hold the request, which it allows.
std::optional<FeedReply>
FeedService::answer(FeedTopic& topic, const FeedRequest& request, const FeedMoment& moment) {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr)
        return refuse(request, moment.persistence, "There is no daemon yet.");
    if (is_after_snapshot(request)) {
        auto response = answer_changes(topic, request, moment);
        // A deletion may have been forgotten meanwhile.
        if (is_after_snapshot(request))
            return response;
    }
    return answer_snapshot(topic, request, moment);
}

std::optional<FeedReply> FeedService::answer_changes(
    FeedTopic& topic,
    const FeedRequest& request,
    const FeedMoment& moment
) {
    const FeedCursor& after = *request.after;
    const auto page =
        pages_.changes(topic, after.version.revision, wish_of(request), moment.is_held);
    // What the client has is a part of a publication that is under way, or would be.
    const bool is_partial = !page || (after.place && page->revision < after.place->seen);
    if (page && !page->is_empty())
        return word(
            request,
            moment.persistence,
            Caching::news,
            {.cursor =
                 {{attachment_.catalog()->epoch(), page->revision},
                  is_partial ? after.place : std::nullopt},
             .more = page->is_cut || is_partial,
             .changes = page->changes,
             .content = page->content,
             .files = page->files}
        );
    if (moment.may_wait || (is_partial && moment.may_settle))
        return std::nullopt;
    return answer_quiet(request, moment.persistence, page ? page->revision : 0, is_partial);
}

std::optional<FeedReply> FeedService::answer_snapshot(
    FeedTopic& topic,
    const FeedRequest& request,
    const FeedMoment& moment
) {
    const ipc::CatalogReader& catalog = *attachment_.catalog();
    if (!catalog.scan_complete()) {
        if (moment.is_held && moment.may_wait)
            return std::nullopt;
        return refuse(request, moment.persistence, "The first scan of the tree is not complete.");
    }
    const bool is_continued =
        request.after && request.after->is_within_snapshot() && is_known(catalog, *request.after);
    if (request.state && !is_continued) {
        const MadePage* const state = digests_.find(topic, moment.may_load);
        if (state == nullptr && moment.may_load)
            return std::nullopt;
        if (state != nullptr && is_digest(*request.state, *state->changes))
            return word(
                request,
                moment.persistence,
                Caching::none,
                {.cursor = {{catalog.epoch(), state->revision}, {}}, .reset = true, .same = true}
            );
    }
    const MadePage page = pages_.snapshot(
        topic,
        is_continued ? *request.after->place : SnapshotPlace{},
        wish_of(request)
    );
    const Version version =
        is_continued ? request.after->version : Version{catalog.epoch(), page.revision};
    return word(
        request,
        moment.persistence,
        request.after && !is_continued ? Caching::none : Caching::revalidate,
        {.cursor = {version, page.place},
         .reset = !is_continued,
         .more = page.place || page.seen > version.revision,
         .changes = page.changes,
         .content = page.content,
         .files = page.files}
    );
}

/// The end of a wait, or of a request that does not wait. The cursor moves on only if the one that
/// was sent will be unknown before long. So equal waits keep equal URLs. `more`: a publication is
/// under way, and a snapshot that the client was sent may hold a part of it.
FeedReply FeedService::answer_quiet(
    const FeedRequest& request,
    Persistence persistence,
    std::uint64_t unchanged_until,
    bool more
) {
    FeedCursor cursor = *request.after;
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog != nullptr && is_after_snapshot(request) &&
        cursor.version.revision < catalog->middle_of_log())
        cursor.version.revision = std::max(cursor.version.revision, unchanged_until);
    if (!more)
        cursor.place.reset();
    return word(request, persistence, Caching::none, {.cursor = cursor, .more = more});
}

FeedReply FeedService::refuse(
    const FeedRequest& request,
    Persistence persistence,
    std::string detail,
    unsigned retry_after_s
) {
    return {problem_response(
        {.status = 503, .detail = std::move(detail), .retry_after_s = retry_after_s},
        context(request, persistence, Caching::none),
        request.head
    )};
}

AnswerContext
FeedService::context(const FeedRequest& request, Persistence persistence, Caching caching) {
    AnswerContext context = context_now(
        persistence,
        request.is_post ? Caching::none : caching,
        attachment_.stale_seconds()
    );
    context.preferred_wait_s = request.preferred_wait_s();
    return context;
}

FeedReply FeedService::word(
    const FeedRequest& request,
    Persistence persistence,
    Caching caching,
    FeedAnswer answer
) {
    answer.instance = instance_;
    const AnswerContext how = context(request, persistence, caching);
    if (request.is_multipart)
        return multipart_.make(std::move(answer), request, how);
    return {feed_response(answer, how, request.head)};
}

}  // namespace treecast::proxy
