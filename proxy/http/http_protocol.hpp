// HTTP/1 on a connection: one request after the other, answered in their order. One thread.
#pragma once

#include "proxy/http/request.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/net/protocol_handler.hpp"

namespace treecast::proxy {

class HttpProtocol final : public ProtocolHandler {
public:
    explicit HttpProtocol(RequestHandler& handler);

    Step next(std::string_view bytes) override;
    void hand_over(Connection& connection) override { handler_.handle(connection, request_); }
    std::optional<Response> refusal(Refusal why) override;

private:
    Step step_of_request(std::string_view bytes, std::size_t head, std::size_t skipped);
    Step refuse(unsigned status);

    RequestHandler& handler_;
    Request request_;         // that next() returned last
    unsigned refused_ = 400;  // the status of what next() refused last
};

}  // namespace treecast::proxy
