// What answers HTTP requests. One thread.
#pragma once

#include "proxy/http/request.hpp"
#include "proxy/net/connection.hpp"

#include <cstddef>
#include <string_view>

namespace treecast::proxy {

/// A request on its way to its answer. Views end with the call that gets it.
struct Exchange {
    Connection& connection;
    const Request& request;
    std::string_view rest;   // of the path, behind what names the endpoint; still encoded
    std::string_view query;  // still encoded

    bool is_head() const noexcept { return request.method == Method::head; }
};

class RequestHandler {
public:
    RequestHandler() = default;
    RequestHandler(const RequestHandler&) = delete;
    RequestHandler& operator=(const RequestHandler&) = delete;

    /// The largest body that is read for this request, whose head alone is known; 0: none is.
    virtual std::size_t body_bytes_max(const Request& request) const = 0;
    /// Calls respond() or hold() of the connection, now, and of no other. Views end with the call.
    virtual void handle(Connection& connection, const Request& request) = 0;

protected:
    ~RequestHandler() = default;
};

}  // namespace treecast::proxy
