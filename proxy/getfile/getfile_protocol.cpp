#include "proxy/getfile/getfile_protocol.hpp"

#include "base/tree_path.hpp"
#include "proxy/getfile/getfile_request.hpp"
#include "proxy/net/connection.hpp"

namespace treecast::proxy {

GetfileProtocol::GetfileProtocol(
    Protocol dialect,
    FileService& files,
    Attachment& attachment,
    RepresentationCache& cache
)
    // A client that sends padding, or never closes, must still receive the end of the body.
    : ProtocolHandler({.is_single_request = true}),
      dialect_(dialect),
      files_(files),
      answers_(dialect, attachment, cache) {}

Step GetfileProtocol::next(std::string_view bytes) {
    const GetfileRequest request = parse_getfile_request(bytes);
    switch (request.state) {
        case GetfileRequest::State::incomplete:
            return {.kind = Step::Kind::need_more};
        case GetfileRequest::State::malformed:
            return {.kind = Step::Kind::refuse};
        case GetfileRequest::State::complete:
            break;
    }
    path_ = request.path.substr(1);
    // Bytes after the request are padding.
    return {
        .kind = Step::Kind::request,
        .persistence = Persistence::close,
        .consumed = bytes.size()};
}

void GetfileProtocol::hand_over(Connection& connection) {
    if (!is_valid_path(path_))
        return connection.respond(getfile_refusal(dialect_, GetfileStatus::file_not_found));
    FileRequest request;
    request.awaits_scan = true;
    files_.get(connection, path_, std::move(request), answers_);
}

/// Some clients shut down their half right after the request, and still wait for the answer.
std::optional<Response> GetfileProtocol::refusal(Refusal /*why*/) {
    Response refusal = getfile_refusal(dialect_, GetfileStatus::invalid);
    if (refusal.first.head->empty())
        return std::nullopt;
    return refusal;
}

}  // namespace treecast::proxy
