// The head of one HTTP/1 request, decoded. Pure: bytes in, a Request or a status out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

inline constexpr std::size_t head_bytes_max = std::size_t{16} * 1024;  // beyond: 431

enum class Method : std::uint8_t { get, head, post, other };

/// Views point into the bytes that were decoded, or into the strings; valid as long as both.
struct Request {
    Method method = Method::other;
    bool http_1_0 = false;
    bool keep_alive = false;
    bool has_body = false;    // unless it was read, the connection cannot go on after the answer
    bool has_length = false;  // the body's, which is not chunked
    bool expects_continue = false;  // the client waits before it sends the body
    std::uint64_t body_length = 0;
    std::string_view body;  // as far as it was read: see is_body_read()
    std::string_view target;
    // These take effect by being there, whatever is in them.
    std::optional<std::string_view> if_match;
    std::optional<std::string_view> if_none_match;
    std::optional<std::string_view> if_range;
    // Empty when the request has no such field.
    std::string_view accept;
    std::string_view if_modified_since;
    std::string_view if_unmodified_since;
    std::string_view range;
    std::string_view prefer;

    // Lists that came in several lines.
    std::string joined_accepts;
    std::string joined_matches;  // If-Match
    std::string joined_tags;     // If-None-Match
    std::string joined_prefers;
    std::string as_1_1;  // a head of a higher minor version, which the views then point into

    bool is_body_read() const noexcept {
        return has_body && has_length && body.size() == body_length;
    }
    /// Whether the connection goes on after the answer.
    bool keeps_connection() const noexcept { return keep_alive && (!has_body || is_body_read()); }
};

/// How many bytes at the front of `bytes` are one request's head, its empty line included; 0 if
/// it is not all there yet. A head that ends in bare newlines counts, and is refused later.
std::size_t head_length(std::string_view bytes) noexcept;

/// Whether bytes that are no whole head yet may become one. Those of other protocols may not, and
/// need not be waited for.
bool may_become_request(std::string_view bytes) noexcept;

/// 0, and `request` is filled; or the status of a refusal after which the connection cannot go on:
/// 400 malformed, 505 another major version of HTTP.
/// `head` is what head_length() measured.
unsigned decode_request(std::string_view head, Request& request);

}  // namespace treecast::proxy
