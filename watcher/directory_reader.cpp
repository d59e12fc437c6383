#include "watcher/directory_reader.hpp"

#include <cstring>
#include <dirent.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;
/// Frees a larger buffer before the next read, so that a huge directory does not occupy memory for
/// ever.
constexpr std::size_t kept_bytes_max = std::size_t{1024} * 1024;

EntryType type_of(unsigned char type) noexcept {
    switch (type) {
        case DT_REG:
            return EntryType::regular;
        case DT_DIR:
            return EntryType::directory;
        case DT_LNK:
            return EntryType::link;
        case DT_UNKNOWN:
            return EntryType::unknown;
        default:
            return EntryType::other;
    }
}

}  // namespace

EntryType entry_type(int fd, const char* name) {
    struct stat status {};
    if (::fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return EntryType::unknown;
    switch (status.st_mode & S_IFMT) {
        case S_IFREG:
            return EntryType::regular;
        case S_IFDIR:
            return EntryType::directory;
        case S_IFLNK:
            return EntryType::link;
        default:
            return EntryType::other;
    }
}

ErrorCode DirectoryReader::read(int fd) {
    if (const ErrorCode error = begin(fd))
        return error;
    while (true) {
        const auto more = read_some(fd);
        if (more.has_error())
            return more.error();
        if (*more == 0)
            return {};
    }
}

ErrorCode DirectoryReader::begin(int fd) {
    if (buffer_.size() > kept_bytes_max)
        buffer_ = {};
    size_ = 0;
    at_ = 0;
    // A directory without search permission still lists its names, but every stat below it fails.
    // So fail here: a listing of names that cannot be opened would look like deletions.
    struct stat status {};
    if (::fstatat(fd, ".", &status, 0) != 0)
        return last_system_error();
    return {};
}

Result<std::size_t> DirectoryReader::read_some(int fd) {
    if (buffer_.size() - size_ < chunk_bytes)
        buffer_.resize(size_ + chunk_bytes + buffer_.size() / 2);
    const ssize_t length = ::getdents64(fd, buffer_.data() + size_, chunk_bytes);
    if (length < 0)
        return last_system_error();
    size_ += static_cast<std::size_t>(length);
    return static_cast<std::size_t>(length);
}

bool DirectoryReader::next(DirectoryEntry& entry) noexcept {
    while (at_ < size_) {
        const char* const record = buffer_.data() + at_;
        std::uint16_t length = 0;
        unsigned char type = 0;
        std::memcpy(&length, record + offsetof(dirent64, d_reclen), sizeof length);
        std::memcpy(&type, record + offsetof(dirent64, d_type), sizeof type);
        at_ += length;
        const char* const name = record + offsetof(dirent64, d_name);
        if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0)
            continue;
        entry = {.name = name, .type = type_of(type)};
        return true;
    }
    return false;
}

}  // namespace treecast::watcher
