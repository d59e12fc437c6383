// HTTP/1 on a connection: requests are answered one after the other, in their order. One thread.
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
    Request request_;         // the one that next() returned last
    unsigned refused_ = 400;  // the status of the last refusal by next()
};

}  // namespace treecast::proxy
