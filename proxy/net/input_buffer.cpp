#include "proxy/net/input_buffer.hpp"

#include <cstring>

namespace treecast::proxy {

char* InputBuffer::space() {
    if (!block_)
        block_ = pool_.take();
    if (begin_ != 0) {
        std::memmove(block_.get(), block_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return block_.get() + end_;
}

void InputBuffer::clear() {
    if (block_)
        pool_.give_back(std::move(block_));
    begin_ = end_ = 0;
}

}  // namespace treecast::proxy
