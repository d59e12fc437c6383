// An answer that is ready to be sent: bytes and slices of contents, shared by all who are sent it.
#pragma once

#include "proxy/net/content.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace treecast::proxy {

/// Bytes, and a slice of a content that follows them.
struct Part {
    std::shared_ptr<const std::string> head;  // null: none
    std::shared_ptr<Content> content;         // null: nothing follows the head
    std::uint64_t begin = 0;                  // the slice [begin, end) of the content
    std::uint64_t end = 0;
};

using PartList = std::vector<Part>;

/// Most answers are one part: a head (with a small body, if there is one) and a content. The
/// others have a list of parts behind it, which costs nobody else more than its pointer.
struct Response {
    Part first{};
    std::shared_ptr<const PartList> more{};  // null: none
    bool close = false;                      // the connection ends after it
};
// It is copied for each subscriber who is sent the same.
static_assert(sizeof(Response) <= 80);

/// How a connection goes on after an answer.
enum class Persistence : std::uint8_t {
    implied,     // HTTP/1.1: kept, no field needed
    keep_alive,  // HTTP/1.0 that asked for it
    close,
};

}  // namespace treecast::proxy
