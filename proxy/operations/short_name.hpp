// From the short name of a file, /PATH, to where it is: /v1/files/PATH. Pure.
#pragma once

#include <string>
#include <string_view>

namespace treecast::proxy {

/// What Location says for `path` (encoded, without the leading slash) and `query`: escapes as they
/// were sent, and what cannot be part of a URL escaped. It begins with /v1/files/, so that no path,
/// such as //HOST/, leads to another server.
std::string file_location(std::string_view path, std::string_view query);

}  // namespace treecast::proxy
