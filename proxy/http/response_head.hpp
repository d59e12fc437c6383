// Builds the head of an HTTP response: the status line, the header fields of every answer, and
// those that the caller adds. representation/content_header.cpp has those of every answer with
// content.
#pragma once

#include "base/version.hpp"
#include "proxy/http/caching.hpp"
#include "proxy/net/response.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// The present time from a clock with nanosecond resolution. std::time() is up to a tick behind the
/// clock that stamps files, so a file that was just written would seem to be in the future.
std::int64_t seconds_since_1970() noexcept;

/// The circumstances of an answer: they depend on the moment and the client, not on the file.
struct AnswerContext {
    Persistence persistence = Persistence::implied;
    Caching caching = Caching::none;
    std::int64_t now = 0;                            // seconds since 1970, for Date
    std::optional<std::int64_t> stale_seconds{};     // Treecast-Stale
    std::optional<std::int64_t> preferred_wait_s{};  // the request came with Prefer: wait

    friend bool operator==(const AnswerContext&, const AnswerContext&) = default;
};

/// The context of an answer about the tree that is made now. `stale_seconds` is that of the
/// attachment.
AnswerContext
context_now(Persistence persistence, Caching caching, std::optional<std::int64_t> stale_seconds);

/// Status line and header fields; `finish` ends them.
class HeadBuilder {
public:
    /// Starts with the status line and the fields that every answer has.
    HeadBuilder(unsigned status, const AnswerContext& context);

    HeadBuilder& field(std::string_view name, std::string_view value);
    HeadBuilder& field(std::string_view name, std::uint64_t value);
    /// Adds complete lines, each with its CRLF.
    HeadBuilder& raw(std::string_view lines);
    /// Adds the empty line and a body that is sent together with the head.
    std::string finish(std::string_view body = {});

private:
    std::string text_;
};

std::string_view reason_phrase(unsigned status) noexcept;

/// A response whose body, if any, is small and belongs to one client only.
Response make_response(std::string head, const AnswerContext& context);

/// 204 without an ETag, because the client might store the tag for what it does not have.
Response no_content_response(const Version& version, const AnswerContext& context);

}  // namespace treecast::proxy
