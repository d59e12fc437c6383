// Hashes the body of a 200 and writes it to a descriptor.
#pragma once

#include "base/sha256.hpp"
#include "client/http/body_sink.hpp"

#include <cstdint>

namespace treecast::client {

class ContentSink final : public BodySink {
public:
    /// `descriptor` is borrowed; -1: the bytes are only hashed.
    explicit ContentSink(int descriptor = -1) noexcept : descriptor_(descriptor) {}

    bool begin(const Answer& head) override;
    std::string write(std::string_view bytes) override;
    /// Sets `body_bytes` and `body_sha256`.
    void end(Answer& answer) override;

private:
    int descriptor_;
    Sha256Hasher hasher_;
    std::uint64_t bytes_ = 0;
};

}  // namespace treecast::client
