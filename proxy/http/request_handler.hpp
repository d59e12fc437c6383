// The interface of what answers HTTP requests. One thread.
#pragma once

#include "proxy/http/request.hpp"
#include "proxy/net/connection.hpp"

#include <cstddef>
#include <string_view>

namespace treecast::proxy {

/// A request that an endpoint has to answer. Views are valid during the call only.
struct Exchange {
    Connection& connection;
    const Request& request;
    std::string_view rest;   // the path after the part that names the endpoint; still encoded
    std::string_view query;  // still encoded

    bool is_head() const noexcept { return request.method == Method::head; }
};

class RequestHandler {
public:
    RequestHandler() = default;
    RequestHandler(const RequestHandler&) = delete;
    RequestHandler& operator=(const RequestHandler&) = delete;

    /// The largest body that is read for this request, of which only the head is known. 0: none is
    /// read.
    virtual std::size_t body_bytes_max(const Request& request) const = 0;
    /// Calls respond() or hold() of this connection before it returns, and of no other connection.
    /// Views are valid during the call only.
    virtual void handle(Connection& connection, const Request& request) = 0;

protected:
    ~RequestHandler() = default;
};

}  // namespace treecast::proxy
