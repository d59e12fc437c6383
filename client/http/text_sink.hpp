// Keeps the body of a 200 as text, up to a bound.
#pragma once

#include "client/http/body_sink.hpp"

#include <cstddef>
#include <string>

namespace treecast::client {

class TextSink final : public BodySink {
public:
    explicit TextSink(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

    bool begin(const Answer& head) override;
    /// A longer body ends the transfer.
    std::string write(std::string_view bytes) override;
    /// Sets `body_bytes`.
    void end(Answer& answer) override;

    const std::string& text() const noexcept { return text_; }
    bool is_too_long() const noexcept { return is_too_long_; }

private:
    std::size_t bytes_max_;
    std::string text_;
    bool is_too_long_ = false;
};

}  // namespace treecast::client
