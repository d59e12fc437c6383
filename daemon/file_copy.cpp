#include "daemon/file_copy.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>

namespace treecast::daemon {

namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

/// The buffer is larger than the largest file that is read inline, so that such a file fits as a
/// whole.
std::vector<char>& buffer_of_this_thread() {
    static thread_local std::vector<char> buffer(inline_bytes_max + 4096);
    return buffer;
}

/// Buffers for two pieces that are compared.
std::array<std::vector<char>, 2>& pieces_of_this_thread() {
    static thread_local std::array<std::vector<char>, 2> pieces;
    for (std::vector<char>& piece : pieces)
        piece.resize(piece_bytes);
    return pieces;
}

Sha256Hasher& hasher_of_this_thread() {
    static thread_local Sha256Hasher hasher;
    return hasher;
}

/// Whether a read is only a copy in memory, so that RWF_NOWAIT, which tmpfs may not support, is not
/// needed. A file on a block device needs no statfs().
bool is_in_memory(int file, const watcher::FileStat& stat) {
    struct statfs filesystem {};
    return major(stat.device) == 0 && ::fstatfs(file, &filesystem) == 0 &&
           (filesystem.f_type == TMPFS_MAGIC || filesystem.f_type == RAMFS_MAGIC);
}

bool has_grown(int file, const watcher::FileStat& stat) {
    struct stat status {};
    return ::fstat(file, &status) != 0 || watcher::file_stat_of(status).size != stat.size;
}

}  // namespace

FileCopy::FileCopy(int file, const watcher::FileStat& stat, const Plan& plan)
    : file_(file),
      stat_(stat),
      plan_(plan),
      flags_(plan.may_block || is_in_memory(file, stat) ? 0 : RWF_NOWAIT),
      hasher_(hasher_of_this_thread()) {
    restart_hash();
}

CopyEnd FileCopy::read() {
    std::vector<char>& buffer = buffer_of_this_thread();
    const std::uint64_t most =
        plan_.bytes_wanted.value_or(std::numeric_limits<std::uint64_t>::max());
    bool was_beyond = false;
    while (size_ < most) {
        if (size_ - flushed_ == buffer.size())
            if (const auto end = empty_buffer(); end != CopyEnd::done)
                return end;
        const auto used = static_cast<std::size_t>(size_ - flushed_);
        const std::size_t bytes = std::min<std::uint64_t>(buffer.size() - used, most - size_);
        std::size_t got = 0;
        if (const auto end = read_part(&buffer[used], bytes, size_, got); end != CopyEnd::done)
            return end;
        size_ += got;
        if (size_ > plan_.size_max)
            return CopyEnd::too_large;
        if (!plan_.may_block && size_ > inline_bytes_max)
            return CopyEnd::would_block;
        // A short read at the size that stat gave is the end. Elsewhere only an empty read is.
        if (got == 0 || (size_ == stat_.size && got < bytes))
            break;
        if (size_ > stat_.size && !std::exchange(was_beyond, true) && has_grown(file_, stat_))
            return CopyEnd::changed;
    }
    if (flushed_ == 0)
        return CopyEnd::done;
    const CopyEnd end = empty_buffer();
    if (is_hashed_on_the_way())
        sha256_ = hasher_.finish();
    return end;
}

CopyEnd FileCopy::read_again() {
    if (!is_kept())
        restart_hash();
    auto& [piece, other] = pieces_of_this_thread();
    std::uint64_t at = 0;
    while (!plan_.bytes_wanted || at < size_) {
        const std::uint64_t wanted = plan_.bytes_wanted ? size_ - at : piece_bytes;
        const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, wanted));
        std::size_t got = 0;
        if (const auto end = read_part(piece.data(), bytes, at, got); end != CopyEnd::done)
            return end;
        if (at + got > size_)
            return CopyEnd::changed;
        if (got == 0)
            break;
        if (is_kept()) {
            const char* const before = kept(other.data(), got, at);
            if (before == nullptr)
                return CopyEnd::failed;
            if (std::memcmp(before, piece.data(), got) != 0)
                return CopyEnd::changed;
        } else {
            hash(piece.data(), got);
        }
        at += got;
        if (at == size_ && at == stat_.size && got < bytes)
            break;
    }
    if (at != size_)
        return CopyEnd::changed;
    return is_kept() || hasher_.digest() == sha256_ ? CopyEnd::done : CopyEnd::changed;
}

CopyEnd FileCopy::finish() {
    if (is_hashed_on_the_way())
        return CopyEnd::done;
    std::vector<char>& buffer = buffer_of_this_thread();
    if (flushed_ == 0) {
        if (plan_.segments != nullptr)
            if (const auto end = append_to_segment(buffer.data(), size_); end != CopyEnd::done)
                return end;
        hash(buffer.data(), size_);
    } else {
        for (std::uint64_t at = 0; at < size_;) {
            const auto bytes =
                static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, size_ - at));
            const char* const data = kept(buffer.data(), bytes, at);
            if (data == nullptr)
                return CopyEnd::failed;
            hash(data, bytes);
            at += bytes;
        }
    }
    sha256_ = hasher_.finish();
    return CopyEnd::done;
}

bool FileCopy::extends_published() const noexcept {
    return begins_as_published_ && size_ > plan_.published->size;
}

CopyEnd FileCopy::read_part(char* buffer, std::size_t bytes, std::uint64_t at, std::size_t& got) {
    const iovec part{buffer, bytes};
    while (true) {
        const ssize_t length = ::preadv2(file_, &part, 1, static_cast<off_t>(at), flags_);
        if (length >= 0) {
            got = static_cast<std::size_t>(length);
            return CopyEnd::done;
        }
        if (errno == EINTR)
            continue;
        // Where reads may block, EAGAIN means that the file has no end, as /proc/kmsg: no retry
        // helps.
        const bool blocked = !plan_.may_block && (errno == EAGAIN || errno == EOPNOTSUPP);
        return fail(last_system_error(), blocked ? CopyEnd::would_block : CopyEnd::failed);
    }
}

const char* FileCopy::kept(char* buffer, std::size_t bytes, std::uint64_t at) {
    if (flushed_ == 0)
        return &buffer_of_this_thread()[at];
    error_ = segment_->read(at, buffer, bytes);
    return error_ ? nullptr : buffer;
}

CopyEnd FileCopy::empty_buffer() {
    const auto bytes = static_cast<std::size_t>(size_ - flushed_);
    const char* const data = buffer_of_this_thread().data();
    flushed_ = size_;
    if (is_hashed_on_the_way())
        hash(data, bytes);
    return plan_.segments != nullptr ? append_to_segment(data, bytes) : CopyEnd::done;
}

CopyEnd FileCopy::append_to_segment(const char* data, std::size_t bytes) {
    if (!segment_) {
        auto segment = plan_.segments->take();
        if (!segment)
            return fail(segment.error());
        segment_ = std::move(*segment);
    }
    if (const ErrorCode error = segment_->write(data, bytes))
        return fail(error);
    return CopyEnd::done;
}

void FileCopy::hash(const char* data, std::size_t bytes) {
    // The hash at the published length shows whether the file begins with the published content.
    if (plan_.published && plan_.published->size < size_ && hashed_ <= plan_.published->size &&
        hashed_ + bytes >= plan_.published->size) {
        const auto head = static_cast<std::size_t>(plan_.published->size - hashed_);
        hasher_.update(data, head);
        begins_as_published_ = hasher_.digest() == plan_.published->sha256;
        hasher_.update(data + head, bytes - head);
    } else {
        hasher_.update(data, bytes);
    }
    hashed_ += bytes;
}

void FileCopy::restart_hash() {
    hasher_.restart();
    hashed_ = 0;
}

CopyEnd FileCopy::fail(ErrorCode error, CopyEnd end) {
    error_ = error;
    return error == Errc::no_memory ? CopyEnd::no_memory : end;
}

}  // namespace treecast::daemon
