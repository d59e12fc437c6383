// Turns a body of texts and contents into parts of a response, in the framing of its transfer.
// Pure.
#pragma once

#include "proxy/net/content.hpp"
#include "proxy/net/response.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace treecast::proxy {

class PartWriter {
public:
    enum class Framing : std::uint8_t {
        bare,     // the length is known, or the end of the connection is the body's
        chunked,  // each part is a chunk (RFC 9112, 7.1)
    };
    /// Contents up to this size are copied, so that many small ones leave in one call.
    static constexpr std::uint64_t copied_bytes_max = std::uint64_t{4} << 10;

    explicit PartWriter(Framing framing) noexcept : framing_(framing) {}

    /// Texts are appended here.
    std::string& text() noexcept { return text_; }
    /// Adds all bytes of a content. If it was not copied, take() has to follow.
    void add(const std::shared_ptr<Content>& content);
    bool empty() const noexcept { return text_.empty() && !content_; }
    /// Whether the part holds a content, or so much text that it should leave.
    bool is_full() const noexcept { return content_ || text_.size() >= text_bytes_max; }
    /// How long the part is, without its framing.
    std::uint64_t size() const noexcept { return text_.size() + (content_ ? content_->size() : 0); }
    /// What was added since the last call; `is_last`: the body ends with it. Not of nothing.
    Part take(bool is_last);

private:
    static constexpr std::size_t text_bytes_max = std::size_t{32} << 10;

    Framing framing_;
    bool owes_line_end_ = false;  // of the chunk before
    std::string text_;
    std::shared_ptr<Content> content_;
};

}  // namespace treecast::proxy
