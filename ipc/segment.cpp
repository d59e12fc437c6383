// Both halves of the segments, since both depend on the form of the name.
#include "base/hexadecimal.hpp"
#include "ipc/catalog_layout.hpp"
#include "ipc/segment_reader.hpp"
#include "ipc/segment_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <memory>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::ipc {

namespace {

constexpr std::string_view load_prefix = "load.";
constexpr std::size_t word_digits = 16;
constexpr mode_t unfinished_mode = 0600;

/// FILE_ID.REVISION, on the stack: names are made on the hot path.
class SegmentName {
public:
    SegmentName(FileId file, std::uint64_t revision) noexcept {
        const auto middle = std::ranges::copy(HexWord(file.value).view(), bytes_.begin()).out;
        *middle = '.';
        std::ranges::copy(HexWord(revision).view(), middle + 1);
    }
    const char* c_str() const noexcept { return bytes_.data(); }
    std::string_view view() const noexcept { return {bytes_.data(), bytes_.size() - 1}; }

private:
    std::array<char, 2 * word_digits + 2> bytes_{};  // with the NUL
};

struct SegmentIdentity {
    FileId file;
    std::uint64_t revision = 0;
};

std::optional<SegmentIdentity> parse_segment_name(std::string_view name) {
    SegmentIdentity identity;
    if (name.size() != 2 * word_digits + 1)
        return std::nullopt;
    const char* middle = name.data() + word_digits;
    const char* end = name.data() + name.size();
    std::from_chars(name.data(), middle, identity.file.value, 16);
    std::from_chars(middle + 1, end, identity.revision, 16);
    // Rejects upper case, signs and short numbers: we never write such names.
    if (SegmentName(identity.file, identity.revision).view() != name)
        return std::nullopt;
    return identity;
}

ErrorCode write_error() noexcept {
    if (errno == ENOSPC || errno == EDQUOT || errno == ENOMEM)
        return Errc::no_memory;
    return last_system_error();
}

}  // namespace

SegmentWriter::SegmentWriter(
    const ObjectDirectory& directory,
    UniqueFd fd,
    std::string name
) noexcept
    : directory_(&directory), fd_(std::move(fd)), name_(std::move(name)) {}

SegmentWriter::SegmentWriter(SegmentWriter&&) noexcept = default;

SegmentWriter& SegmentWriter::operator=(SegmentWriter&& other) noexcept {
    if (this != &other) {
        discard();
        directory_ = other.directory_;
        fd_ = std::move(other.fd_);
        name_ = std::move(other.name_);
        size_ = other.size_;
        published_ = other.published_;
    }
    return *this;
}

SegmentWriter::~SegmentWriter() {
    discard();
}

void SegmentWriter::discard() noexcept {
    if (fd_ && !published_)
        ::unlinkat(directory_->descriptor(), name_.c_str(), 0);
    fd_.reset();
}

Result<SegmentWriter> SegmentWriter::create(const ObjectDirectory& directory, std::uint64_t load) {
    std::string name = std::string(load_prefix) + std::to_string(load);
    const auto create_new = [&] {
        return UniqueFd(::openat(
            directory.descriptor(),
            name.c_str(),
            O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            unfinished_mode
        ));
    };
    UniqueFd fd = create_new();
    if (!fd && errno == EEXIST) {
        // A daemon that was killed left it, since no other load of ours has this number.
        ::unlinkat(directory.descriptor(), name.c_str(), 0);
        fd = create_new();
    }
    if (!fd)
        return write_error();
    return SegmentWriter(directory, std::move(fd), std::move(name));
}

void SegmentWriter::reserve_first_page() noexcept {
    ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, page_bytes);
}

ErrorCode SegmentWriter::write(const void* data, std::size_t bytes) {
    const char* rest = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t written = ::write(fd_.get(), rest, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return write_error();
        rest += written;
        bytes -= static_cast<std::size_t>(written);
        size_ += static_cast<std::uint64_t>(written);
    }
    return {};
}

ErrorCode SegmentWriter::read(std::uint64_t at, void* data, std::size_t bytes) const {
    char* rest = static_cast<char*>(data);
    while (bytes > 0) {
        const ssize_t got = ::pread(fd_.get(), rest, bytes, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return last_system_error();
        if (got == 0)
            return Errc::damaged;  // nobody but us may shorten it
        rest += got;
        at += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
    return {};
}

ErrorCode SegmentWriter::publish(FileId file, std::uint64_t revision) {
    const mode_t mode = directory_->object_mode();
    if (mode != unfinished_mode && ::fchmod(fd_.get(), mode) != 0)
        return last_system_error();
    // Frees the reserved page, since segment_cost() counts none for empty content.
    if (size_ == 0 && ::ftruncate(fd_.get(), 0) != 0)
        return last_system_error();
    const int at = directory_->descriptor();
    const SegmentName name(file, revision);
    if (::renameat2(at, name_.c_str(), at, name.c_str(), RENAME_NOREPLACE) != 0)
        return last_system_error();
    published_ = true;
    return {};
}

void remove_segment(
    const ObjectDirectory& directory,
    FileId file,
    std::uint64_t revision
) noexcept {
    ::unlinkat(directory.descriptor(), SegmentName(file, revision).c_str(), 0);
}

bool segment_exists(
    const ObjectDirectory& directory,
    FileId file,
    std::uint64_t revision
) noexcept {
    struct stat status {};
    return ::fstatat(
               directory.descriptor(),
               SegmentName(file, revision).c_str(),
               &status,
               AT_SYMLINK_NOFOLLOW
           ) == 0;
}

std::size_t remove_unnamed_segments(
    const ObjectDirectory& directory,
    const std::function<bool(FileId, std::uint64_t revision)>& is_named
) {
    UniqueFd fd(::openat(directory.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd.get()), &::closedir);
    if (!listing)
        return 0;
    fd.release();

    std::vector<std::string> unnamed;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        const auto identity = parse_segment_name(name);
        if (name.starts_with(load_prefix) ||
            (identity && !is_named(identity->file, identity->revision)))
            unnamed.emplace_back(name);
    }
    for (const std::string& name : unnamed)
        ::unlinkat(directory.descriptor(), name.c_str(), 0);
    return unnamed.size();
}

std::uint64_t segment_cost(std::uint64_t size) noexcept {
    constexpr std::uint64_t object = 1024;  // inode, directory entry
    return (size + page_bytes - 1) / page_bytes * page_bytes + object;
}

Result<UniqueFd> open_segment(const ObjectDirectory& directory, FileId file, const Record& record) {
    UniqueFd fd(::openat(
        directory.descriptor(),
        SegmentName(file, record.content_revision).c_str(),
        O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    ));
    if (!fd) {
        if (errno == ENOENT)
            return Errc::superseded;
        return errno == ELOOP ? make_error_code(Errc::damaged) : last_system_error();
    }
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return last_system_error();
    if (!S_ISREG(status.st_mode) || status.st_uid != directory.owner() ||
        static_cast<std::uint64_t>(status.st_size) != record.size)
        return Errc::damaged;
    return fd;
}

}  // namespace treecast::ipc
