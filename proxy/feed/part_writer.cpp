#include "proxy/feed/part_writer.hpp"

#include <fmt/format.h>
#include <utility>

namespace treecast::proxy {

void PartWriter::add(const std::shared_ptr<Content>& content) {
    if (content->on_heap() && content->size() <= copied_bytes_max)
        text_.append(content->bytes());
    else
        content_ = content;
}

/// The line end behind a chunk goes with the next one, since a content ends its part.
Part PartWriter::take(bool is_last) {
    if (framing_ == Framing::chunked) {
        const char* const line_end = std::exchange(owes_line_end_, !is_last) ? "\r\n" : "";
        text_.insert(0, fmt::format("{}{:x}\r\n", line_end, size()));
        if (is_last)
            text_.append("\r\n0\r\n\r\n");
    }
    Part part;
    part.head = std::make_shared<const std::string>(std::exchange(text_, {}));
    part.content = std::exchange(content_, nullptr);
    part.end = part.content ? part.content->size() : 0;
    return part;
}

}  // namespace treecast::proxy
