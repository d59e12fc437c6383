#include "proxy/files/http_file_answers.hpp"

#include "base/tree_path.hpp"
#include "proxy/http/byte_range.hpp"

namespace treecast::proxy {

namespace {

using ipc::UnavailableReason;

Problem unavailable_problem(UnavailableReason reason) {
    Problem problem{.status = 403, .member = "reason", .value = ipc::to_string(reason)};
    switch (reason) {
        case UnavailableReason::private_file:
            problem.detail =
                "The file lacks the world-read bit (chmod o+r), and the daemon does not run with "
                "--serve-private.";
            break;
        case UnavailableReason::too_large:
            problem.status = 507;
            problem.detail = "The file is larger than the daemon's --max-file-size.";
            break;
        case UnavailableReason::no_memory:
            problem.status = 507;
            problem.detail = "There is no room in shared memory for the file's content.";
            problem.retry_after_s = 5;
            break;
        case UnavailableReason::unstable:
            problem.status = 503;
            problem.detail = "The file changed during every attempt to copy it.";
            problem.retry_after_s = 1;
            break;
        case UnavailableReason::no_descriptors:
            problem.status = 503;
            problem.detail = "The daemon has no file descriptor left to read the file with.";
            problem.retry_after_s = 5;
            break;
        case UnavailableReason::hung:
            problem.status = 503;
            problem.detail = "The daemon cannot read the file at the moment.";
            problem.retry_after_s = 5;
            break;
        case UnavailableReason::unreadable:
        case UnavailableReason::none:
            problem.detail = "The daemon cannot read the file.";
            break;
    }
    return problem;
}

/// The same for a file that can be served as soon as a read succeeds, which the daemon retries.
Problem load_problem(UnavailableReason reason) {
    constexpr unsigned retry_after_s = 5;
    Problem problem = unavailable_problem(reason);
    problem.status = 503;
    if (problem.retry_after_s == 0)
        problem.retry_after_s = retry_after_s;
    return problem;
}

Problem precondition_problem(Version version) {
    return {
        .status = 412,
        .detail =
            "The file is not, or not provably, the one that If-Match or If-Unmodified-Since "
            "asks for.",
        .version = version};
}

Problem not_acceptable_problem(Version version) {
    return {
        .status = 406,
        .detail =
            "Accept-Encoding refuses the identity, and there is no coding that it allows: gzip and "
            "zstd are made of contents that become smaller by them, where there is room.",
        .version = version};
}

Problem unsatisfiable_problem(std::uint64_t size, Version version) {
    return {
        .status = 416,
        .detail = "The file has " + std::to_string(size) + " bytes; the range begins beyond them.",
        .version = version,
        .content_range = "bytes */" + std::to_string(size)};
}

}  // namespace

AnswerContext
HttpFileAnswers::context(const FileRequest& request, Caching caching, Persistence persistence) {
    AnswerContext context = context_now(persistence, caching, attachment_.stale_seconds());
    context.preferred_wait_s = request.preferred_wait_s();
    return context;
}

Result<Response> HttpFileAnswers::make(
    std::string_view path,
    const Sighting& seen,
    const FileRequest& request,
    const PollDecision& decision,
    Persistence persistence
) {
    AnswerContext context = this->context(request, decision.caching, persistence);
    if (const auto& record = seen.sight.record; record && ipc::is_stale(*record))
        context.stale_seconds =
            attachment_.stale_seconds_since(record->change_revision, context.now);
    switch (decision.action) {
        case PollAction::content:
            return content(represent(seen, path), request, decision.coding, context);
        case PollAction::no_content:
            return no_content_response(decision.version, context);
        case PollAction::not_modified:
            return represent(seen, path)
                .not_modified(
                    context,
                    request.tags.coding_of(seen.sight.record->sha256, request.codings.first)
                );
        case PollAction::precondition_failed:
            return problem_response(precondition_problem(decision.version), context, request.head);
        case PollAction::not_acceptable:
            return problem_response(
                not_acceptable_problem(decision.version),
                context,
                request.head
            );
        case PollAction::directory:
            return problem_response(
                {.status = 404,
                 .detail = "This is a directory. To list it: GET /v1/changes?prefix=" +
                           percent_encode(path) + '/',
                 .version = decision.version},
                context,
                request.head
            );
        case PollAction::unavailable:
            return problem_response(
                unavailable_problem(seen.sight.record->reason),
                context,
                request.head
            );
        case PollAction::cannot_load:
            return problem_response(load_problem(seen.sight.record->reason), context, request.head);
        case PollAction::not_scanned:
            return try_again(
                request,
                persistence,
                attachment_.catalog() == nullptr
                    ? "The daemon of this instance has not been here yet."
                    : "The first scan of the tree is not complete, so nobody knows yet whether the "
                      "file exists.",
                1
            );
        case PollAction::absent:
        case PollAction::load:
        case PollAction::hold:
            break;
    }
    return problem_response(
        {.status = 404, .detail = "There is no such file.", .version = decision.version},
        context,
        request.head
    );
}

Representation& HttpFileAnswers::represent(const Sighting& seen, std::string_view path) {
    return cache_.get(*seen.file, *seen.sight.record, seen.sight.epoch, path);
}

Result<Response> HttpFileAnswers::content(
    Representation& representation,
    const FileRequest& request,
    Coding coding,
    const AnswerContext& context
) {
    const ipc::Record& record = representation.record();
    if (coding != Coding::identity)
        if (const auto coded = codings_.open(representation, coding))
            return representation.coded(context, coding, coded, request.head);
    ByteRange range{ByteRange::Kind::whole, 0, record.size};
    if (request.rare && !request.rare->range.empty() &&
        if_range_holds(request.rare->if_range, record, context.now))
        range = select_range(request.rare->range, record.size);
    if (range.kind == ByteRange::Kind::unsatisfiable)
        return problem_response(
            unsatisfiable_problem(record.size, representation.version()),
            context,
            request.head
        );
    if (!request.head)
        if (const ErrorCode error = cache_.open(representation, attachment_.directory()))
            return error;
    if (range.kind == ByteRange::Kind::part)
        return representation.part(context, range.begin, range.end);
    return representation.whole(context, request.head);
}

Response HttpFileAnswers::try_again(
    const FileRequest& request,
    Persistence persistence,
    std::string detail,
    unsigned retry_after_s
) {
    return problem_response(
        {.status = 503, .detail = std::move(detail), .retry_after_s = retry_after_s},
        context(request, Caching::none, persistence),
        request.head
    );
}

}  // namespace treecast::proxy
