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

/// Views point into the decoded bytes or into the strings below. They are valid as long as both
/// exist.
struct Request {
    Method method = Method::other;
    bool http_1_0 = false;
    bool keep_alive = false;
    bool has_body = false;    // if it was not read, the connection cannot be kept after the answer
    bool has_length = false;  // the length of the body is known: it is not chunked
    bool expects_continue = false;  // the client waits before it sends the body
    std::uint64_t body_length = 0;
    std::string_view body;  // empty if it was not read; see is_body_read()
    std::string_view target;
    // These have an effect if they are present, whatever their value is.
    std::optional<std::string_view> if_match;
    std::optional<std::string_view> if_none_match;
    std::optional<std::string_view> if_range;
    // Empty when the request has no such field.
    std::string_view accept;
    std::string_view accept_encoding;
    std::string_view if_modified_since;
    std::string_view if_unmodified_since;
    std::string_view range;
    std::string_view prefer;
    std::string_view last_event_id;  // the first one

    // Lists that came in several field lines, joined.
    std::string joined_accepts;
    std::string joined_encodings;
    std::string joined_matches;  // If-Match
    std::string joined_tags;     // If-None-Match
    std::string joined_prefers;
    std::string as_1_1;  // the rewritten head of a request with a higher minor version; then the
                         // views point into it

    bool is_body_read() const noexcept {
        return has_body && has_length && body.size() == body_length;
    }
    /// Whether the connection is kept after the answer.
    bool keeps_connection() const noexcept { return keep_alive && (!has_body || is_body_read()); }
};

/// Returns the length of the head at the front of `bytes`, with its empty line, or 0 if the head is
/// not complete. A head that ends in bare newlines is complete; it is refused later.
std::size_t head_length(std::string_view bytes) noexcept;

/// Whether the bytes of an incomplete head may become a request. The bytes of other protocols
/// cannot, so the server need not wait for more of them.
bool may_become_request(std::string_view bytes) noexcept;

/// Fills `request` and returns 0, or returns the status of a refusal after which the connection
/// cannot be kept: 400 for a malformed head, 505 for another major version of HTTP. `head` is the
/// part that head_length() measured.
unsigned decode_request(std::string_view head, Request& request);

}  // namespace treecast::proxy
