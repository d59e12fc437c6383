#include "proxy/archive/content_arena.hpp"

#include <cerrno>

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace treecast::proxy {

ContentArena::~ContentArena() {
    if (mapped_ != nullptr)
        ::munmap(mapped_, mapped_bytes_);
}

std::optional<std::uint64_t> ContentArena::reserve(std::uint64_t bytes) {
    if (!memory_) {
        if (!room_.take_descriptor())
            return std::nullopt;
        memory_.reset(::memfd_create("treecast-archive", MFD_CLOEXEC));
        if (!memory_)
            return std::nullopt;
    }
    const std::uint64_t offset = room_.bytes();
    return room_.grow(bytes) ? std::optional(offset) : std::nullopt;
}

bool ContentArena::copy(int segment, std::uint64_t bytes, std::uint64_t offset) {
    if (::lseek(memory_.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
        return false;
    off_t position = 0;
    while (static_cast<std::uint64_t>(position) < bytes) {
        const auto left = static_cast<std::size_t>(bytes - static_cast<std::uint64_t>(position));
        const ssize_t n = ::sendfile(memory_.get(), segment, &position, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
    }
    return true;
}

std::optional<std::string_view> ContentArena::view() {
    if (room_.bytes() == 0)
        return std::string_view();
    if (mapped_ == nullptr) {
        mapped_bytes_ = static_cast<std::size_t>(room_.bytes());
        // What was reserved last may never have been filled.
        if (::ftruncate(memory_.get(), static_cast<off_t>(mapped_bytes_)) != 0)
            return std::nullopt;
        void* const mapped =
            ::mmap(nullptr, mapped_bytes_, PROT_READ, MAP_SHARED, memory_.get(), 0);
        if (mapped == MAP_FAILED)
            return std::nullopt;
        mapped_ = mapped;
    }
    return std::string_view(static_cast<const char*>(mapped_), mapped_bytes_);
}

}  // namespace treecast::proxy
