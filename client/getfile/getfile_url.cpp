#include "client/getfile/getfile_url.hpp"

#include "client/http/url_text.hpp"

#include <treecast/limits.hpp>

namespace treecast::client {

namespace {

constexpr std::string_view crlf_scheme = "getfile://";
constexpr std::string_view legacy_scheme = "getfile-legacy://";

/// A request has no escapes, so its path cannot contain a byte that ends it.
bool can_be_asked_for(std::string_view path) {
    return path.size() <= path_bytes_max &&
           path.find_first_of(std::string_view("\0\r\n", 3)) == path.npos;
}

}  // namespace

bool GetfileUrl::is_meant(std::string_view text) noexcept {
    return has_scheme(text, crlf_scheme) || has_scheme(text, legacy_scheme);
}

GetfileUrl GetfileUrl::parse(std::string_view text) {
    GetfileUrl url;
    auto rest = text;
    if (remove_scheme(rest, legacy_scheme))
        url.dialect = GetfileDialect::legacy;
    else if (!remove_scheme(rest, crlf_scheme))
        throw url_refusal(text, "is no URL such as getfile://127.0.0.1:6200/PATH");
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    UrlHost host = parse_url_host(text, authority);
    url.host = std::move(host.host);
    url.port = host.port.value_or(getfile_port);
    rest.remove_prefix(authority.size());
    if (rest.find_first_of("?#") != rest.npos)
        throw url_refusal(text, "has a query or fragment; in a path write ? as %3F and # as %23");
    auto path = decode_url_path(rest);
    if (!path || path->size() < 2)
        throw url_refusal(text, "names no file");
    if (!can_be_asked_for(*path))
        throw url_refusal(text, "names a path that GETFILE cannot ask for");
    url.path = std::move(*path);
    return url;
}

}  // namespace treecast::client
