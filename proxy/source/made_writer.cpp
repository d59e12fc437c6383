#include "proxy/source/made_writer.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace treecast::proxy {

bool MadeWriter::append(std::string_view bytes) {
    if (!room_.grow(bytes.size()))
        return false;
    if (!memory_) {
        if (bytes_.size() + bytes.size() <= MadeContent::heap_bytes_max) {
            bytes_.append(bytes);
            return true;
        }
        if (!room_.take_descriptor())
            return false;
        memory_.reset(::memfd_create("treecast-made", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        if (!memory_ || !write(bytes_))
            return false;
        bytes_ = std::string();
    }
    return write(bytes);
}

bool MadeWriter::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t n = ::write(memory_.get(), bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

std::shared_ptr<const MadeContent> MadeWriter::finish() {
    constexpr int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (memory_ && ::fcntl(memory_.get(), F_ADD_SEALS, seals) != 0)
        return nullptr;
    bytes_.shrink_to_fit();
    return std::make_shared<const MadeContent>(
        std::move(room_),
        std::move(memory_),
        std::move(bytes_)
    );
}

}  // namespace treecast::proxy
