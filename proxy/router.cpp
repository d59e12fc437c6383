#include "proxy/router.hpp"

#include <array>

namespace treecast::proxy {

namespace {

enum class Match : std::uint8_t { exactly, beginning };

struct Entry {
    std::string_view path;
    Match match;
    Resource resource;
};

/// The first that matches counts.
constexpr std::array table{
    Entry{"/", Match::exactly, Resource::front_page},
    Entry{"/healthz", Match::exactly, Resource::health},
    Entry{"/readyz", Match::exactly, Resource::ready},
    Entry{"/v1/changes", Match::exactly, Resource::changes},
    Entry{"/v1/files/", Match::beginning, Resource::files},
    Entry{"/v1/status", Match::exactly, Resource::status},
    Entry{"/v1/", Match::beginning, Resource::none},
    Entry{"/", Match::beginning, Resource::short_name},
};

constexpr std::string_view get_and_head = "GET, HEAD";

Route find_resource(std::string_view path) noexcept {
    for (const Entry& entry : table)
        if (entry.match == Match::exactly ? path == entry.path : path.starts_with(entry.path))
            return {.resource = entry.resource, .rest = path.substr(entry.path.size())};
    return {};
}

}  // namespace

Route find_route(const Request& request, std::string_view path) noexcept {
    Route route = find_resource(path);
    if (route.resource == Resource::none) {
        route.refusal = 404;
        return route;
    }
    route.allow = get_and_head;
    if (request.method == Method::other)
        route.refusal = 405;
    else if (request.has_body)
        route.refusal = 413;
    return route;
}

}  // namespace treecast::proxy
