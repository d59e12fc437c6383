// An answer that is ready to be sent: bytes and slices of contents, which all its recipients share.
#pragma once

#include "proxy/net/content.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace treecast::proxy {

/// Bytes, followed by a slice of a content.
struct Part {
    std::shared_ptr<const std::string> head{};  // null: none
    std::shared_ptr<Content> content{};         // null: nothing follows the head
    std::uint64_t begin = 0;                    // the slice [begin, end) of the content
    std::uint64_t end = 0;
};

using PartList = std::vector<Part>;

/// Most answers are one part: a head (with a small body, if there is one) and a content. Other
/// answers have a list of further parts, which costs the usual answer only a pointer.
struct Response {
    Part first{};
    std::shared_ptr<const PartList> more{};  // null: none
    bool close = false;                      // the connection ends after it
};
// It is copied for each subscriber that gets the same answer.
static_assert(sizeof(Response) <= 80);

/// Whether a connection is kept after an answer.
enum class Persistence : std::uint8_t {
    implied,     // HTTP/1.1: kept, without a header field
    keep_alive,  // HTTP/1.0 with keep-alive
    close,
};

}  // namespace treecast::proxy
