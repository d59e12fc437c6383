#include "proxy/net/input_buffer.hpp"

#include <cstring>

namespace treecast::proxy {

std::span<char> InputBuffer::space(InputBufferPool& pool) {
    if (!block_)
        block_ = pool.take();
    if (begin_ != 0) {
        std::memmove(block_.get(), block_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return {block_.get() + end_, capacity_ - end_};
}

void InputBuffer::need(std::size_t bytes, InputBufferPool& pool) {
    needed_ = static_cast<std::uint32_t>(bytes);
    if (bytes <= capacity_)
        return;
    auto larger = std::make_unique_for_overwrite<char[]>(bytes);
    const auto unread = static_cast<std::uint32_t>(size());
    if (unread != 0)
        std::memcpy(larger.get(), block_.get() + begin_, unread);
    clear(pool);
    block_ = std::move(larger);
    capacity_ = needed_ = static_cast<std::uint32_t>(bytes);
    end_ = unread;
}

void InputBuffer::clear(InputBufferPool& pool) {
    if (capacity_ != input_bytes_usual)
        block_.reset();
    else if (block_)
        pool.give_back(std::move(block_));
    capacity_ = input_bytes_usual;
    needed_ = begin_ = end_ = 0;
}

}  // namespace treecast::proxy
