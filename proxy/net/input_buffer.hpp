// Buffers for the bytes of requests: lent to a connection while it has unread bytes, no longer.
// One thread.
#pragma once

#include "proxy/http/request.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace treecast::proxy {

class InputBufferPool {
public:
    using Block = std::unique_ptr<char[]>;

    Block take() {
        if (spare_.empty())
            return std::make_unique_for_overwrite<char[]>(head_bytes_max);
        Block block = std::move(spare_.back());
        spare_.pop_back();
        return block;
    }
    void give_back(Block block) {
        if (spare_.size() < spare_max)
            spare_.push_back(std::move(block));
    }

private:
    static constexpr std::size_t spare_max = 64;
    std::vector<Block> spare_;
};

/// The unread bytes of one connection; without any it holds no memory.
class InputBuffer {
public:
    explicit InputBuffer(InputBufferPool& pool) : pool_(pool) {}
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;
    ~InputBuffer() { clear(); }

    std::string_view bytes() const noexcept {
        return {block_.get() + begin_, std::size_t{end_} - begin_};
    }
    bool empty() const noexcept { return begin_ == end_; }
    bool full() const noexcept { return end_ - begin_ == head_bytes_max; }

    /// Where more bytes go; moves the unread ones to the front first.
    char* space();
    std::size_t space_bytes() const noexcept { return head_bytes_max - (end_ - begin_); }
    void filled(std::size_t bytes) noexcept { end_ += static_cast<std::uint32_t>(bytes); }
    void consume(std::size_t bytes) noexcept { begin_ += static_cast<std::uint32_t>(bytes); }
    /// Gives the memory back if nothing is unread.
    void release_if_empty() {
        if (empty())
            clear();
    }
    void clear();

private:
    InputBufferPool& pool_;
    InputBufferPool::Block block_;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

}  // namespace treecast::proxy
