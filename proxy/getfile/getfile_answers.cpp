#include "proxy/getfile/getfile_answers.hpp"

#include <utility>

namespace treecast::proxy {

GetfileStatus getfile_status(PollAction action, ipc::UnavailableReason reason) noexcept {
    switch (action) {
        case PollAction::content:
            return GetfileStatus::ok;
        case PollAction::absent:
        case PollAction::directory:
            return GetfileStatus::file_not_found;
        case PollAction::unavailable:
            // A file that is not readable for everybody is hidden, as names with a dot are. Any
            // other reason is an error of the server, which should have the file.
            return reason == ipc::UnavailableReason::private_file ? GetfileStatus::file_not_found
                                                                  : GetfileStatus::error;
        case PollAction::not_modified:
        case PollAction::no_content:
        case PollAction::precondition_failed:
        case PollAction::not_acceptable:
        case PollAction::not_scanned:
        case PollAction::cannot_load:
        case PollAction::load:
        case PollAction::hold:
            break;
    }
    return GetfileStatus::error;
}

std::string getfile_header(Protocol dialect, GetfileStatus status, std::uint64_t length) {
    const bool legacy = dialect == Protocol::getfile_legacy;
    switch (status) {
        case GetfileStatus::ok:
            return "GETFILE OK " + std::to_string(length) + (legacy ? " " : "\r\n\r\n");
        case GetfileStatus::file_not_found:
            return legacy ? "GETFILE FILE_NOT_FOUND 0\n" : "GETFILE FILE_NOT_FOUND\r\n\r\n";
        case GetfileStatus::error:
            return legacy ? "GETFILE ERROR 0\n" : "GETFILE ERROR\r\n\r\n";
        case GetfileStatus::invalid:
            break;
    }
    return legacy ? "" : "GETFILE INVALID\r\n\r\n";
}

Response getfile_refusal(Protocol dialect, GetfileStatus status) {
    Response response;
    response.first.head = std::make_shared<const std::string>(getfile_header(dialect, status));
    response.close = true;
    return response;
}

Response getfile_content(Protocol dialect, std::shared_ptr<Content> content) {
    Response response;
    response.first.head = std::make_shared<const std::string>(
        getfile_header(dialect, GetfileStatus::ok, content->size())
    );
    response.first.end = content->size();
    response.first.content = std::move(content);
    response.close = true;
    return response;
}

Result<Response> GetfileAnswers::make(
    std::string_view path,
    const Sighting& seen,
    const FileRequest& /*request*/,
    const PollDecision& decision,
    Persistence /*persistence*/
) {
    if (decision.action == PollAction::content) {
        Representation& representation =
            cache_.get(*seen.file, *seen.sight.record, seen.sight.epoch, path);
        if (const ErrorCode error = cache_.open(representation, attachment_.directory()))
            return error;
        return getfile_content(dialect_, representation.content());
    }
    const auto& record = seen.sight.record;
    const auto reason = record ? record->reason : ipc::UnavailableReason::none;
    return getfile_refusal(dialect_, getfile_status(decision.action, reason));
}

Response GetfileAnswers::try_again(
    const FileRequest& /*request*/,
    Persistence /*persistence*/,
    std::string /*detail*/,
    unsigned /*retry_after_s*/
) {
    return getfile_refusal(dialect_, GetfileStatus::error);
}

}  // namespace treecast::proxy
