// Composes the URL to which a short name redirects: /v1/files/PATH for /PATH. Pure.
#pragma once

#include <string>
#include <string_view>

namespace treecast::proxy {

/// The value of Location for `path` (encoded, without the leading slash) and `query`. Escapes stay
/// as they were sent; bytes that a URL cannot contain are escaped. The value begins with
/// /v1/files/, so that no path, such as //HOST/, leads to another server.
std::string file_location(std::string_view path, std::string_view query);

}  // namespace treecast::proxy
