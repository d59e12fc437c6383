#include "proxy/http/route_table.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

bool is_possible(Route::Methods methods, Method method) noexcept {
    switch (method) {
        case Method::get:
        case Method::head:
            return methods != Route::Methods::none;
        case Method::post:
            return methods == Route::Methods::get_and_post;
        case Method::other:
            break;
    }
    return false;
}

RouteRefusal wrong_method(Route::Methods methods) {
    if (methods == Route::Methods::get_and_post)
        return {405, "Only GET, HEAD and POST are possible here.", "GET, HEAD, POST"};
    return {405, "Only GET and HEAD are possible here.", "GET, HEAD"};
}

}  // namespace

const Route* RouteTable::find(std::string_view path) const noexcept {
    const auto found = std::ranges::find_if(rows_, [path](const Route& row) {
        return row.match == Route::Match::exactly ? path == row.path : path.starts_with(row.path);
    });
    return found == rows_.end() || found->methods == Route::Methods::none ? nullptr : &*found;
}

std::size_t RouteTable::body_bytes_max(const Route* route, const Request& request) noexcept {
    const bool takes_one = route != nullptr && request.method == Method::post &&
                           is_possible(route->methods, request.method);
    return takes_one ? route->body_bytes_max : 0;
}

std::optional<RouteRefusal> RouteTable::refusal(const Route* route, const Request& request) {
    if (route == nullptr)
        return RouteRefusal{404, "There is no such endpoint; files are at /v1/files/PATH."};
    if (!is_possible(route->methods, request.method))
        return wrong_method(route->methods);
    if (!request.has_body || request.is_body_read())
        return std::nullopt;
    const std::size_t largest = body_bytes_max(route, request);
    if (largest == 0)
        return RouteRefusal{
            413,
            request.method == Method::post ? "A request has no body here."
                                           : "A GET or HEAD request has no body here."};
    if (!request.has_length)
        return RouteRefusal{411, "A body is taken here only with a Content-Length."};
    return RouteRefusal{
        413,
        "The body is larger than the " + std::to_string(largest) + " bytes that are taken here."};
}

}  // namespace treecast::proxy
