// Which endpoint a request is for, and what is refused before the endpoint sees it. Pure.
//
// One table of paths; 404, 405 with Allow, and 413 follow from it. Everything outside /v1/ that is
// no endpoint is a file by its short name.
#pragma once

#include "proxy/http/request.hpp"

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

enum class Resource : std::uint8_t {
    none,
    front_page,  // /
    health,      // /healthz
    ready,       // /readyz
    changes,     // /v1/changes
    status,      // /v1/status
    files,       // /v1/files/PATH
    short_name,  // /PATH, which leads to /v1/files/PATH
};

struct Route {
    Resource resource = Resource::none;
    std::string_view rest{};   // of the path, behind what names the endpoint
    unsigned refusal = 0;      // 404, 405 or 413; 0: the endpoint answers
    std::string_view allow{};  // the methods that are possible
};

/// `path` is that of the request's target, still encoded; views into both.
Route find_route(const Request& request, std::string_view path) noexcept;

}  // namespace treecast::proxy
