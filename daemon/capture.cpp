#include "daemon/capture.hpp"

#include "daemon/writer_lease.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

namespace treecast::daemon {

namespace {

/// Without a lease, only age reveals a writer who loses the processor between its write and the
/// event of that write.
constexpr std::int64_t unleased_age_ns = 1'000'000'000;
constexpr std::uint32_t configfs_magic = 0x62656570;  // not defined in any header
constexpr std::array<std::uint32_t, 10> kernel_filesystems{
    PROC_SUPER_MAGIC,
    SYSFS_MAGIC,
    CGROUP_SUPER_MAGIC,
    CGROUP2_SUPER_MAGIC,
    DEBUGFS_MAGIC,
    TRACEFS_MAGIC,
    SECURITYFS_MAGIC,
    SELINUX_MAGIC,
    EFIVARFS_MAGIC,
    configfs_magic,
};

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

/// Whether the kernel makes the bytes on each read, so that times and size describe no content.
bool is_made_by_kernel(int file, const watcher::FileStat& stat) {
    struct statfs filesystem {};
    if (major(stat.device) != 0 || ::fstatfs(file, &filesystem) != 0)
        return false;
    const auto type = static_cast<std::uint32_t>(filesystem.f_type);
    return std::ranges::find(kernel_filesystems, type) != kernel_filesystems.end();
}

Result<watcher::FileStat> stat_of(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0)
        return last_system_error();
    return watcher::file_stat_of(status);
}

/// Whether both stats are of the same bytes. The link count may differ.
bool same_content(const watcher::FileStat& a, const watcher::FileStat& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.mtime_ns == b.mtime_ns && a.ctime_ns == b.ctime_ns;
}

Capture ended(CaptureEnd end, ErrorCode error = {}) {
    Capture result;
    result.end = end;
    result.error = error;
    return result;
}

CaptureEnd end_of(CopyEnd end) {
    switch (end) {
        case CopyEnd::done:
            return CaptureEnd::captured;
        case CopyEnd::would_block:
            return CaptureEnd::would_block;
        case CopyEnd::changed:
            return CaptureEnd::changed;
        case CopyEnd::too_large:
            return CaptureEnd::too_large;
        case CopyEnd::no_memory:
            return CaptureEnd::no_memory;
        case CopyEnd::failed:
            break;
    }
    return CaptureEnd::failed;
}

/// Reasons to distrust the bytes, known before they are read.
struct Doubts {
    Writer writer = Writer::none;
    bool in_tick = false;    // a write within the same tick would not change ctime
    bool of_writer = false;  // only age and a second read show whether a writer is inside
    bool too_young = false;  // the file is too young for that proof
    bool of_stat = false;    // stat shows neither size nor change: only a second read does
};

Doubts doubts_about(int file, const CaptureRequest& request, const watcher::FileStat& stat) {
    Doubts doubts;
    if (!request.writer_accepted)
        doubts.writer = request.may_take_leases ? check_for_writer(file) : Writer::unknown;
    // A ctime far in the future (the clock was set back) never gets better, so it is accepted.
    const std::int64_t ahead = stat.ctime_ns - coarse_now_ns();
    const auto is_younger_than = [ahead](std::int64_t age_ns) {
        return ahead >= -age_ns && ahead <= 2 * coarse_tick_ns();
    };
    const bool is_whole = request.arrived_whole && doubts.writer == Writer::none;
    doubts.in_tick = !is_whole && is_younger_than(0);
    doubts.of_writer = doubts.writer == Writer::unknown && !request.arrived_whole;
    doubts.too_young = doubts.of_writer && is_younger_than(unleased_age_ns);
    if ((doubts.in_tick || doubts.too_young) && is_made_by_kernel(file, stat)) {
        doubts.in_tick = doubts.too_young = false;
        doubts.of_stat = true;
    }
    return doubts;
}

bool takes_changing(const CaptureRequest& request) {
    return request.change_accepted || request.extension_accepted;
}

bool is_too_soon(const Doubts& doubts, const CaptureRequest& request) {
    return (doubts.in_tick && !takes_changing(request)) || doubts.too_young;
}

/// A capture with what is known before the file is read.
Capture begun(const watcher::FileStat& stat, const Doubts& doubts) {
    Capture result;
    result.lease_refused = doubts.writer == Writer::unknown;
    result.proved_by_age = doubts.of_writer;
    result.stat = stat;
    return result;
}

Capture too_soon(const watcher::FileStat& stat, const Doubts& doubts) {
    Capture result = begun(stat, doubts);
    result.end = CaptureEnd::too_soon;
    return result;
}

/// One capture: the file, the doubts about its bytes, and their copy.
class Attempt {
public:
    Attempt(int file, const watcher::FileStat& before, const CaptureRequest& request)
        : file_(file),
          before_(before),
          request_(request),
          doubts_(doubts_about(file, request, before)),
          takes_changing_(takes_changing(request)),
          plan_{
              .segments = request.segments,
              .may_block = request.may_block,
              .hash_last = request.hash_last,
              .size_max = request.size_max,
              .bytes_wanted =
                  takes_changing_ && before.size != 0 ? std::optional(before.size) : std::nullopt,
              .published = request.published},
          copy_(file, before_, plan_) {}

    Capture run() {
        Capture result = begun(before_, doubts_);
        if (is_useless())
            result.end = CaptureEnd::writer_inside;
        else if (is_too_soon(doubts_, request_))
            result.end = CaptureEnd::too_soon;
        else
            result.end = read_and_prove(result);
        result.error = copy_.error() ? copy_.error() : error_;
        result.size = copy_.size();
        result.sha256 = copy_.sha256();
        result.extends_published = copy_.extends_published();
        result.segment = copy_.take_segment();
        return result;
    }

private:
    /// While a writer is inside, only an extension of the published bytes is of use.
    bool is_useless() const {
        return doubts_.writer == Writer::inside &&
               !(request_.published && before_.size > request_.published->size);
    }

    CaptureEnd read_and_prove(Capture& result) {
        CaptureEnd end = end_of(copy_.read());
        if (end == CaptureEnd::captured)
            end = prove(result);
        // From here on the file may change, since only the copy is used.
        if (end == CaptureEnd::captured || end == CaptureEnd::writer_inside)
            if (const CopyEnd finished = copy_.finish(); finished != CopyEnd::done)
                return end_of(finished);
        return end;
    }

    /// Checks the copy. All steps that need the file unchanged are in here.
    CaptureEnd prove(Capture& result) {
        const auto after = stat_of(file_);
        if (!after) {
            error_ = after.error();
            return CaptureEnd::failed;
        }
        const bool is_same = same_content(before_, *after);
        if (is_same && copy_.size() != after->size && !plan_.bytes_wanted)
            doubts_.of_stat = true;
        if (doubts_.in_tick || !is_same || (copy_.size() != after->size && !doubts_.of_stat))
            return prove_changing(*after, result);
        result.stat = *after;
        Writer writer = doubts_.writer;
        if (writer == Writer::none && !request_.writer_accepted)
            writer = check_for_writer(file_);
        if (writer == Writer::unknown || doubts_.of_writer || doubts_.of_stat)
            if (const auto end = read_again(); end != CaptureEnd::captured)
                return end;
        // A file that arrived whole may have had another writer since.
        result.writer_ruled_out = writer == Writer::none && !request_.arrived_whole;
        return writer == Writer::inside ? CaptureEnd::writer_inside : CaptureEnd::captured;
    }

    CaptureEnd prove_changing(const watcher::FileStat& after, Capture& result) const {
        if (!takes_changing_ || copy_.size() != before_.size || after.size < before_.size)
            return CaptureEnd::changed;
        // `before_` may no longer be the file's stat; the next look then reads the file again.
        result.writer_ruled_out = request_.change_accepted;
        return request_.change_accepted ? CaptureEnd::captured : CaptureEnd::writer_inside;
    }

    CaptureEnd read_again() {
        const CaptureEnd end = end_of(copy_.read_again());
        if (!doubts_.of_stat)
            return end;
        if (end == CaptureEnd::changed)
            return CaptureEnd::unsteady;
        const auto again = stat_of(file_);
        const bool holds_still = again && same_content(before_, *again);
        return end == CaptureEnd::captured && !holds_still ? CaptureEnd::changed : end;
    }

    int file_;
    const watcher::FileStat before_;
    const CaptureRequest& request_;
    Doubts doubts_;
    const bool takes_changing_;
    const FileCopy::Plan plan_;
    FileCopy copy_;
    ErrorCode error_;
};

}  // namespace

Capture capture(const Look& look, const CaptureRequest& request) {
    // Where opens are counted, ours is counted too: inotify merges it with an open right before or
    // after it, which is then missed. So a file that cannot be read yet is not opened.
    if (!request.may_take_leases && look.stat.size <= request.size_max) {
        const Doubts doubts = doubts_about(look.handle.get(), request, look.stat);
        if (is_too_soon(doubts, request))
            return too_soon(look.stat, doubts);
    }
    const auto file = reopen_for_reading(look.handle.get());
    if (!file)
        return ended(CaptureEnd::failed, file.error());
    const watcher::FileStat& before = look.stat;
    if (before.size > request.size_max)
        return ended(CaptureEnd::too_large);
    if (!request.may_block && before.size > inline_bytes_max)
        return ended(CaptureEnd::would_block);
    return Attempt(file->get(), before, request).run();
}

}  // namespace treecast::daemon
