// A prepared answer: header bytes and a slice of content, both shared by all who are sent it.
#pragma once

#include "proxy/files/poll_decision.hpp"
#include "proxy/source/content.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

struct Response {
    std::shared_ptr<const std::string> head;  // and the body of an answer that has no content
    std::shared_ptr<Content> content;         // null: nothing follows the head
    std::uint64_t begin = 0;                  // the slice [begin, end) of the content
    std::uint64_t end = 0;
    bool close = false;  // the connection ends after it
};

/// Now, to the last nanosecond: std::time() is up to a tick behind the clock that stamps files, so
/// that a file which was just written would seem to be of the future.
std::int64_t seconds_since_1970() noexcept;

/// How the connection goes on after an answer.
enum class Connection : std::uint8_t {
    implied,     // HTTP/1.1: kept, no field needed
    keep_alive,  // HTTP/1.0 that asked for it
    close,
};

/// What depends on the moment and the client, not on the file.
struct AnswerContext {
    Connection connection = Connection::implied;
    Caching caching = Caching::none;
    std::int64_t now = 0;                            // seconds since 1970, for Date
    std::optional<std::int64_t> stale_seconds{};     // Treecast-Stale
    std::optional<std::int64_t> preferred_wait_s{};  // the request came with Prefer: wait

    friend bool operator==(const AnswerContext&, const AnswerContext&) = default;
};

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
