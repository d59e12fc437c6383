// The head of an HTTP response: status line and header fields.
#pragma once

#include "proxy/http/caching.hpp"
#include "proxy/net/response.hpp"
#include "proxy/source/attachment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// Now, to the last nanosecond: std::time() is up to a tick behind the clock that stamps files, so
/// that a file which was just written would seem to be of the future.
std::int64_t seconds_since_1970() noexcept;

/// What depends on the moment and the client, not on the file.
struct AnswerContext {
    Persistence persistence = Persistence::implied;
    Caching caching = Caching::none;
    std::int64_t now = 0;                            // seconds since 1970, for Date
    std::optional<std::int64_t> stale_seconds{};     // Treecast-Stale
    std::optional<std::int64_t> preferred_wait_s{};  // the request came with Prefer: wait

    friend bool operator==(const AnswerContext&, const AnswerContext&) = default;
};

/// That of an answer about the tree which is made now.
AnswerContext context_now(Attachment& attachment, Persistence persistence, Caching caching);

/// Status line and header fields; `finish` ends them.
class HeadBuilder {
public:
    /// Begins with the status and what every answer carries.
    HeadBuilder(unsigned status, const AnswerContext& context);

    HeadBuilder& field(std::string_view name, std::string_view value);
    HeadBuilder& field(std::string_view name, std::uint64_t value);
    /// Whole lines, each with its CRLF.
    HeadBuilder& raw(std::string_view lines);
    /// The empty line, and a body that belongs to the head.
    std::string finish(std::string_view body = {});

private:
    std::string text_;
};

std::string_view reason_phrase(unsigned status) noexcept;

/// A response whose body, if any, is small and made for one client.
Response make_response(std::string head, const AnswerContext& context);

}  // namespace treecast::proxy
