// Parses parts of a URL as people type it. Pure.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::client {

/// The error for an invalid URL: "'TEXT' REASON".
StartupError url_refusal(std::string_view text, const std::string& reason);

/// Whether `text` begins with `scheme` ("http://"), in capitals or not (RFC 3986, 3.1).
bool has_scheme(std::string_view text, std::string_view scheme) noexcept;
/// Removes the scheme. Returns false and leaves `text` unchanged if it is not there.
bool remove_scheme(std::string_view& text, std::string_view scheme) noexcept;

/// The host and port in `authority`, the part of `text` between the slashes.
struct UrlHost {
    std::string host;  // as written; an IPv6 address in brackets
    std::optional<std::uint16_t> port;
};
/// Throws url_refusal() if there is no host, a user name, or no valid port.
UrlHost parse_url_host(std::string_view text, std::string_view authority);

/// An http or https URL in two parts.
struct SplitUrl {
    std::string origin;     // `http://HOST:PORT`
    std::string_view rest;  // of the text, as written: "", or what begins with '/', '?' or '#'
};
/// Throws url_refusal() if `text` is no such URL.
SplitUrl split_http_url(std::string_view text);
/// Removes the slash at the front of a URL's path, and `/v1/files` before it.
std::string_view tree_path_in(std::string_view rest) noexcept;

/// Decodes a percent-encoded path. Returns nullopt for bad escapes, and for `%2F`, which would mean
/// another path.
std::optional<std::string> decode_url_path(std::string_view path);

}  // namespace treecast::client
