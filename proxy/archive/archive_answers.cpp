#include "proxy/archive/archive_answers.hpp"

#include "proxy/http/entity_tag.hpp"

#include <utility>

namespace treecast::proxy {

namespace {

using Kind = MadeArchive::Kind;

constexpr unsigned retry_after_s = 5;

std::string below(const ArchiveTarget& target) {
    return target.prefix.empty() ? std::string("in the tree") : "below '" + target.prefix + "'";
}

/// What helps where the whole is too much.
std::string advice(const ArchiveTarget& target) {
    return " Ask for the directories " + below(target) +
           " one by one, or follow the files with /v1/changes?prefix=" + target.prefix;
}

Problem refused_problem(const MadeArchive& made) {
    return {
        .status = 503,
        .detail = "The file '" + made.refused +
                  "' cannot be served, and an archive is whole or there is none.",
        .member = "reason",
        .value = ipc::to_string(made.reason),
        .retry_after_s = retry_after_s};
}

/// Why there is no archive, for kinds other than present and absent.
Problem problem_of(const MadeArchive& made, const ArchiveTarget& target, std::uint64_t bytes_max) {
    switch (made.kind) {
        case Kind::refused:
            return refused_problem(made);
        case Kind::too_large:
            return {
                .status = 507,
                .detail = "The files " + below(target) + " have more than " +
                          std::to_string(bytes_max) + " bytes (--archive-limit)." + advice(target)};
        case Kind::too_many:
            return {
                .status = 507,
                .detail =
                    "There are more than 100000 files " + below(target) + '.' + advice(target)};
        case Kind::no_room:
            return {
                .status = 503,
                .detail = "There is no memory left for the archive (--made-limit).",
                .retry_after_s = retry_after_s};
        case Kind::not_loaded:
            return {
                .status = 503,
                .detail = "The content of '" + made.refused + "' was not loaded in time.",
                .retry_after_s = 1};
        case Kind::restless:
            return {
                .status = 503,
                .detail = "The files " + below(target) +
                          " change faster than they can be copied as one state.",
                .retry_after_s = 1};
        case Kind::present:
        case Kind::absent:
        case Kind::failed:
            break;
    }
    return {
        .status = 503,
        .detail = "The archive cannot be made at the moment.",
        .retry_after_s = 1};
}

}  // namespace

FileSight sight_of(const MadeArchive& made, const ipc::CatalogReader& catalog) {
    FileSight sight;
    sight.epoch = made.epoch;
    sight.newest_revision = made.revision;
    sight.claimed_revision = catalog.claimed_revision();
    sight.forgotten_revision = catalog.forgotten_revision();
    sight.scan_complete = true;
    if (made.kind != Kind::present && made.version == 0)
        return sight;
    ipc::Record& record = sight.record.emplace();
    record.state = made.kind == Kind::present ? ipc::FileState::present : ipc::FileState::deleted;
    record.content_revision = record.change_revision = made.version;
    record.resident = true;
    record.hash_known = true;
    record.sha256 = made.hash;
    return sight;
}

AnswerContext ArchiveAnswers::context(
    const MadeArchive& made,
    const FileRequest& request,
    Caching caching,
    Persistence persistence
) {
    AnswerContext context = context_now(persistence, caching, attachment_.stale_seconds());
    context.preferred_wait_s = request.preferred_wait_s();
    if (made.stale_since != 0)
        context.stale_seconds = attachment_.stale_seconds_since(made.stale_since, context.now);
    return context;
}

Response ArchiveAnswers::make(
    const ArchiveTarget& target,
    const MadeArchive& made,
    const FileRequest& request,
    const PollDecision& decision,
    Persistence persistence,
    const std::shared_ptr<Content>& content
) {
    const AnswerContext context = this->context(made, request, decision.caching, persistence);
    switch (decision.action) {
        case PollAction::content: {
            HeadBuilder head(200, context);
            head.field("Content-Length", content->size())
                .field("ETag", entity_tag(made.hash))
                .field("Treecast-Version", to_string(decision.version))
                .field("Content-Type", types_.of(target.name))
                .field("Accept-Ranges", "none");
            Response response = make_response(head.finish(), context);
            if (!request.head) {
                response.first.content = content;
                response.first.end = content->size();
            }
            return response;
        }
        case PollAction::not_modified: {
            HeadBuilder head(304, context);
            head.field("ETag", entity_tag(made.hash))
                .field("Treecast-Version", to_string(decision.version));
            return make_response(head.finish(), context);
        }
        case PollAction::no_content:
            return no_content_response(decision.version, context);
        case PollAction::precondition_failed:
            return problem_response(
                {.status = 412,
                 .detail = "The archive is not the one that If-Match asks for.",
                 .version = decision.version},
                context,
                request.head
            );
        case PollAction::absent:
        case PollAction::directory:
        case PollAction::cannot_load:
        case PollAction::unavailable:
        case PollAction::not_scanned:
        case PollAction::not_acceptable:
        case PollAction::load:
        case PollAction::hold:
            break;
    }
    return problem_response(
        {.status = 404,
         .detail = "There is no file " + below(target) + '.',
         .version = decision.version},
        context,
        request.head
    );
}

Response ArchiveAnswers::refuse(
    const ArchiveTarget& target,
    const MadeArchive& made,
    const FileRequest& request,
    Persistence persistence
) {
    return problem_response(
        problem_of(made, target, bytes_max_),
        context(made, request, Caching::none, persistence),
        request.head
    );
}

Response ArchiveAnswers::try_again(
    const FileRequest& request,
    Persistence persistence,
    std::string detail,
    unsigned retry_after
) {
    return problem_response(
        {.status = 503, .detail = std::move(detail), .retry_after_s = retry_after},
        context({}, request, Caching::none, persistence),
        request.head
    );
}

}  // namespace treecast::proxy
