// GETFILE on a connection, in either dialect: one request, one answer, then the connection ends.
// One thread.
#pragma once

#include "proxy/files/file_service.hpp"
#include "proxy/getfile/getfile_answers.hpp"
#include "proxy/net/protocol_handler.hpp"

#include <string_view>

namespace treecast::proxy {

class GetfileProtocol final : public ProtocolHandler {
public:
    GetfileProtocol(
        Protocol dialect,
        FileService& files,
        Attachment& attachment,
        RepresentationCache& cache
    );

    Step next(std::string_view bytes) override;
    void hand_over(Connection& connection) override;
    std::optional<Response> refusal(Refusal why) override;

private:
    const Protocol dialect_;
    FileService& files_;
    GetfileAnswers answers_;
    std::string_view path_;  // of the request that next() returned last, as the client sent it
};

}  // namespace treecast::proxy
