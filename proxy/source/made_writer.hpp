// Writes what is made once for many clients. One thread at a time.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/source/made_contents.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// The length need not be known. It takes room as it grows, so it never holds more than is left of
/// --made-limit.
class MadeWriter {
public:
    explicit MadeWriter(MadeContents& contents) : room_(contents) {}

    /// Returns false if there is no room, or if the kernel gives no memory: give up then.
    [[nodiscard]] bool append(std::string_view bytes);
    std::uint64_t size() const noexcept { return room_.bytes(); }
    /// Null if the kernel refuses to seal it. Nothing may be appended any more.
    std::shared_ptr<const MadeContent> finish();

private:
    bool write(std::string_view bytes) const;

    MadeRoom room_;
    UniqueFd memory_;
    std::string bytes_;  // until it is too long for the heap
};

}  // namespace treecast::proxy
