// A table of endpoints. It finds the endpoint of a request, and refuses requests with 404, with 405
// and Allow, and with 411 and 413 for bodies. Pure.
#pragma once

#include "proxy/http/request_handler.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

/// One row. Access control will add a column for the right that a request needs.
struct Route {
    enum class Match : std::uint8_t { exactly, beginning };
    enum class Methods : std::uint8_t {
        none,  // no endpoint: 404
        get,   // GET and HEAD
        get_and_post,
    };

    std::string_view path;
    Match match = Match::exactly;
    Methods methods = Methods::get;
    std::size_t body_bytes_max = 0;  // of a POST
    std::function<void(const Exchange&)> handler{};
};

/// Why the table refuses a request.
struct RouteRefusal {
    unsigned status = 0;  // 404, 405, 411 or 413
    std::string detail{};
    std::string_view allow{};  // with 405
};

class RouteTable {
public:
    /// The first matching row is used.
    explicit RouteTable(std::vector<Route> rows) : rows_(std::move(rows)) {}

    /// The row for a path that is still encoded; null if there is none.
    const Route* find(std::string_view path) const noexcept;
    /// The largest body that has to be read for the request.
    static std::size_t body_bytes_max(const Route* route, const Request& request) noexcept;
    /// Checks path, method and body, in this order.
    static std::optional<RouteRefusal> refusal(const Route* route, const Request& request);

private:
    std::vector<Route> rows_;
};

}  // namespace treecast::proxy
