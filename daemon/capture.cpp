#include "daemon/capture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>

namespace treecast::daemon {

namespace {

/// A writer whom no lease excludes and who loses the processor between its bytes and their event is
/// seen by nothing else.
constexpr std::int64_t unleased_age_ns = 1'000'000'000;
constexpr std::size_t read_bytes = std::size_t{256} * 1024;

enum class Writer { none, inside, unknown };

/// A read lease is granted only while nobody has the file open for writing, mappings included
/// (fcntl(2)); it is given back at once. Refused to those who neither own the file nor have
/// CAP_LEASE, and by filesystems without leases.
Writer ask_for_writer(int file) {
    if (::fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file, F_SETLEASE, F_UNLCK);
        return Writer::none;
    }
    return errno == EAGAIN ? Writer::inside : Writer::unknown;
}

std::int64_t coarse_now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return watcher::nanoseconds_of(now);
}

std::int64_t coarse_tick_ns() {
    timespec resolution{};
    ::clock_getres(CLOCK_REALTIME_COARSE, &resolution);
    return watcher::nanoseconds_of(resolution);
}

/// Reading from these is a copy in memory, RWF_NOWAIT or not (which tmpfs may not know). What is on
/// a block device need not be asked.
bool is_in_memory(int file, const watcher::FileStat& stat) {
    struct statfs filesystem {};
    return major(stat.device) == 0 && ::fstatfs(file, &filesystem) == 0 &&
           (filesystem.f_type == TMPFS_MAGIC || filesystem.f_type == RAMFS_MAGIC);
}

Result<watcher::FileStat> stat_of(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0)
        return last_system_error();
    return watcher::file_stat_of(status);
}

/// Whether both stats are of the same bytes; the count of links may change.
bool same_content(const watcher::FileStat& a, const watcher::FileStat& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.mtime_ns == b.mtime_ns && a.ctime_ns == b.ctime_ns;
}

Sha256Hasher& hasher_of_this_thread() {
    static thread_local Sha256Hasher hasher;
    return hasher;
}

/// One pass over a file: where its bytes go, and what they hash to. One at a time in each thread.
class Copy {
public:
    /// What lies beyond the size of `stat` is left out.
    Copy(
        int file,
        const CaptureRequest& request,
        ipc::SegmentWriter* segment,
        const watcher::FileStat& stat
    )
        : file_(file),
          request_(request),
          segment_(segment),
          size_max_(stat.size),
          flags_(request.may_block || is_in_memory(file, stat) ? 0 : RWF_NOWAIT),
          hasher_(hasher_of_this_thread()) {
        hasher_.restart();
    }

    /// `captured` when the end of the file (or `size_max`) was reached.
    CaptureEnd run() {
        static thread_local std::vector<char> buffer(read_bytes);
        while (size_ < size_max_) {
            iovec part{buffer.data(), std::min<std::uint64_t>(buffer.size(), size_max_ - size_)};
            const ssize_t got = ::preadv2(file_, &part, 1, static_cast<off_t>(size_), flags_);
            if (got < 0) {
                if (errno == EINTR)
                    continue;
                error_ = last_system_error();
                const bool blocked = errno == EAGAIN || (errno == EOPNOTSUPP && flags_ != 0);
                return blocked ? CaptureEnd::would_block : CaptureEnd::failed;
            }
            if (got == 0)
                return CaptureEnd::captured;
            const auto bytes = static_cast<std::size_t>(got);
            if (size_ + bytes > request_.size_max)
                return CaptureEnd::too_large;
            if (!request_.may_block && size_ + bytes > inline_bytes_max)
                return CaptureEnd::would_block;
            take(buffer.data(), bytes);
            if (error_)
                return error_ == Errc::no_memory ? CaptureEnd::no_memory : CaptureEnd::failed;
        }
        return CaptureEnd::captured;
    }

    std::uint64_t size() const { return size_; }
    /// Once, at the end.
    Sha256 sha256() { return hasher_.finish(); }
    bool extends_published() const {
        return begins_as_published_ && size_ > request_.published->size;
    }
    const ErrorCode& error() const { return error_; }

private:
    void take(const char* data, std::size_t bytes) {
        if (segment_ != nullptr)
            error_ = segment_->write(data, bytes);
        // The hash at the length of what is published says whether the file begins with that.
        if (request_.published && request_.published->size < size_max_ &&
            size_ <= request_.published->size && size_ + bytes >= request_.published->size) {
            const auto head = static_cast<std::size_t>(request_.published->size - size_);
            hasher_.update(data, head);
            begins_as_published_ = hasher_.digest() == request_.published->sha256;
            hasher_.update(data + head, bytes - head);
        } else {
            hasher_.update(data, bytes);
        }
        size_ += bytes;
    }

    int file_;
    const CaptureRequest& request_;
    ipc::SegmentWriter* segment_;
    std::uint64_t size_max_;
    int flags_;
    Sha256Hasher& hasher_;
    std::uint64_t size_ = 0;
    bool begins_as_published_ = false;
    ErrorCode error_;
};

Result<UniqueFd> reopen_for_reading(int handle) {
    const std::string name = "/proc/self/fd/" + std::to_string(handle);
    UniqueFd file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file)
        return last_system_error();
    return file;
}

Capture ended(CaptureEnd end, ErrorCode error = {}) {
    Capture result;
    result.end = end;
    result.error = error;
    return result;
}

/// Whether a second read of a file without leases gives the same bytes; `captured` if so.
CaptureEnd read_again(
    int file,
    const CaptureRequest& request,
    const watcher::FileStat& stat,
    const Sha256& expected
) {
    Copy again(file, request, nullptr, stat);
    const CaptureEnd end = again.run();
    if (end == CaptureEnd::captured && again.sha256() != expected)
        return CaptureEnd::changed;
    return end;
}

/// What speaks against the bytes before they are read.
struct Doubts {
    Writer writer = Writer::none;
    bool in_tick = false;    // a write within the tick of the last one would leave ctime as it was
    bool of_writer = false;  // only the file's age and a second read tell whether one is at it
    bool too_young = false;  // for the latter
};

Doubts doubts_about(int file, const CaptureRequest& request, const watcher::FileStat& stat) {
    Doubts doubts;
    if (!request.writer_accepted)
        doubts.writer = ask_for_writer(file);
    // A ctime far in the future (the clock was set back) proves as much as it ever will.
    const std::int64_t ahead = stat.ctime_ns - coarse_now_ns();
    const auto is_younger_than = [ahead](std::int64_t age_ns) {
        return ahead >= -age_ns && ahead <= 2 * coarse_tick_ns();
    };
    const bool is_whole = request.arrived_whole && doubts.writer == Writer::none;
    doubts.in_tick = !is_whole && is_younger_than(0);
    // What arrived whole may be open again: for who overwrites it where it is now.
    doubts.of_writer = doubts.writer == (request.arrived_whole ? Writer::inside : Writer::unknown);
    doubts.too_young = doubts.of_writer && is_younger_than(unleased_age_ns);
    return doubts;
}

}  // namespace

bool surely_no_writer(int handle) {
    const auto file = reopen_for_reading(handle);
    return file && ask_for_writer(file->get()) == Writer::none;
}

Capture capture(const Look& look, const CaptureRequest& request) {
    const auto file = reopen_for_reading(look.handle.get());
    if (!file)
        return ended(CaptureEnd::failed, file.error());
    const watcher::FileStat& before = look.stat;
    if (before.size > request.size_max)
        return ended(CaptureEnd::too_large);
    if (!request.may_block && before.size > inline_bytes_max)
        return ended(CaptureEnd::would_block);
    const Doubts doubts = doubts_about(file->get(), request, before);
    const bool takes_changing = request.change_accepted || request.extension_accepted;
    if ((doubts.in_tick && !takes_changing) || doubts.too_young)
        return ended(CaptureEnd::too_soon);

    Capture result;
    if (request.segments != nullptr) {
        auto segment = request.segments->take();
        if (!segment)
            return ended(
                segment.error() == Errc::no_memory ? CaptureEnd::no_memory : CaptureEnd::failed,
                segment.error()
            );
        result.segment = std::move(*segment);
    }
    Copy copy(file->get(), request, result.segment ? &*result.segment : nullptr, before);
    if (const auto end = copy.run(); end != CaptureEnd::captured)
        return ended(end, copy.error());
    result.sha256 = copy.sha256();

    const auto after = stat_of(file->get());
    if (!after)
        return ended(CaptureEnd::failed, after.error());
    result.extends_published = copy.extends_published();
    if (doubts.in_tick || !same_content(before, *after) || copy.size() != after->size) {
        if (!takes_changing || copy.size() != before.size || after->size < before.size)
            return ended(CaptureEnd::changed);
        result.end = request.change_accepted ? CaptureEnd::captured : CaptureEnd::writer_inside;
        result.writer_ruled_out = request.change_accepted;
        result.stat = before;  // perhaps no longer the file's: then it is not taken for the same
        return result;
    }
    Writer writer = doubts.writer;
    if (writer == Writer::none && !request.writer_accepted) {
        writer = ask_for_writer(file->get());
        if (writer == Writer::inside && request.arrived_whole)
            return ended(CaptureEnd::too_soon);  // came in meanwhile
    }
    if (writer == Writer::unknown || doubts.of_writer)
        if (const auto end = read_again(file->get(), request, *after, result.sha256);
            end != CaptureEnd::captured)
            return ended(end);

    result.end = writer == Writer::inside && !request.arrived_whole ? CaptureEnd::writer_inside
                                                                    : CaptureEnd::captured;
    // Another writer of one that arrived whole may have come and gone since.
    result.writer_ruled_out = writer == Writer::none && !request.arrived_whole;
    result.stat = *after;
    return result;
}

}  // namespace treecast::daemon
