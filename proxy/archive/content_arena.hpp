// Copies of contents in one piece of memory, for which one descriptor suffices. One thread at a
// time.
//
// A segment's descriptor would keep its content without a copy, but a hundred thousand of them are
// more than a process may have.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/source/made_contents.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace treecast::proxy {

class ContentArena {
public:
    /// Its bytes count in `contents`, as long as it exists.
    explicit ContentArena(MadeContents& contents) : room_(contents) {}
    ~ContentArena();
    ContentArena(const ContentArena&) = delete;
    ContentArena& operator=(const ContentArena&) = delete;

    /// The place for a content; nullopt: there is no room.
    std::optional<std::uint64_t> reserve(std::uint64_t bytes);
    /// Copies the first `bytes` of a segment. False: they could not be read, or there is no memory.
    [[nodiscard]] bool copy(int segment, std::uint64_t bytes, std::uint64_t offset);
    /// What was copied. nullopt: it cannot be mapped. Valid as long as nothing is reserved.
    std::optional<std::string_view> view();

private:
    MadeRoom room_;
    UniqueFd memory_;
    void* mapped_ = nullptr;
    std::size_t mapped_bytes_ = 0;
};

}  // namespace treecast::proxy
