// Buffers for received bytes. A connection borrows one only while it has unread bytes. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::proxy {

/// The most unread bytes of a connection, unless its request is known to be longer.
inline constexpr std::uint32_t input_bytes_usual = 16 * 1024;

class InputBufferPool {
public:
    using Block = std::unique_ptr<char[]>;

    Block take() {
        if (spare_.empty())
            return std::make_unique_for_overwrite<char[]>(input_bytes_usual);
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

/// The unread bytes of one connection. It holds no memory if there are none. Callers pass the pool,
/// so that ten thousand buffers need not store a pointer to it.
class InputBuffer {
public:
    InputBuffer() = default;
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;
    ~InputBuffer() = default;

    std::string_view bytes() const noexcept { return {block_.get() + begin_, size()}; }
    std::size_t size() const noexcept { return end_ - begin_; }
    bool empty() const noexcept { return begin_ == end_; }
    bool full() const noexcept { return size() == capacity_; }
    /// Whether the bytes that need() requested have arrived.
    bool has_needed() const noexcept { return size() >= needed_; }

    /// The space for more bytes. Moves the unread bytes to the front first.
    std::span<char> space(InputBufferPool& pool);
    void filled(std::size_t bytes) noexcept { end_ += static_cast<std::uint32_t>(bytes); }
    void consume(std::size_t bytes) noexcept { begin_ += static_cast<std::uint32_t>(bytes); }
    /// The caller cannot use fewer than `bytes` unread bytes. Makes room for them; the larger room
    /// is kept until the buffer is empty again. May move the unread bytes, which invalidates views
    /// of them.
    void need(std::size_t bytes, InputBufferPool& pool);
    /// Returns the memory to the pool if there are no unread bytes.
    void release_if_empty(InputBufferPool& pool) {
        if (empty())
            clear(pool);
    }
    void clear(InputBufferPool& pool);

private:
    InputBufferPool::Block block_;
    std::uint32_t capacity_ = input_bytes_usual;
    std::uint32_t needed_ = 0;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

}  // namespace treecast::proxy
