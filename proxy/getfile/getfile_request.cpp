#include "proxy/getfile/getfile_request.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

using State = GetfileRequest::State;

constexpr std::string_view beginning = "GETFILE GET /";
constexpr std::string_view end_of_request = "\r\n\r\n";

/// The protocol has no escapes, so a path cannot contain the bytes that end a request.
bool is_of_path(char c) noexcept {
    return c != '\0' && c != '\r' && c != '\n';
}

}  // namespace

GetfileRequest parse_getfile_request(std::string_view bytes) noexcept {
    if (!bytes.starts_with(beginning))
        return {beginning.starts_with(bytes) ? State::incomplete : State::malformed};
    bytes.remove_prefix(beginning.size() - 1);
    const auto path_end = std::ranges::find_if_not(bytes, is_of_path);
    const auto length = static_cast<std::size_t>(path_end - bytes.begin());
    std::string_view path = bytes.substr(0, length);
    const std::string_view rest = bytes.substr(length);
    // Some clients send one blank before the end; further blanks belong to the name.
    if (path.ends_with(' '))
        path.remove_suffix(1);
    if (path.size() > getfile_path_bytes_max)
        return {State::malformed};
    if (!rest.starts_with(end_of_request))
        return {end_of_request.starts_with(rest) ? State::incomplete : State::malformed};
    return {State::complete, path};
}

}  // namespace treecast::proxy
