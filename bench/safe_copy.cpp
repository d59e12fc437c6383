#include "bench/safe_copy.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace treecast::bench {

namespace {

constexpr const char* name_while_filled = "filled";
constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
constexpr std::size_t event_bytes = 4096;

int checked(long result, const char* what) {
    if (result < 0)
        throw std::system_error(errno, std::system_category(), what);
    return static_cast<int>(result);
}

/// No symbolic link, nothing outside, and nothing opened that is no file.
UniqueFd open_named(int root, const std::string& name) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    return UniqueFd(checked(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how), "openat2")
    );
}

/// Nobody has it open for writing: else the kernel would refuse the lease.
bool has_no_writer(int file) {
    return ::fcntl(file, F_SETLEASE, F_RDLCK) == 0 && ::fcntl(file, F_SETLEASE, F_UNLCK) == 0;
}

struct stat status_of(int file) {
    struct stat status {};
    checked(::fstat(file, &status), "fstat");
    return status;
}

bool same(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
           a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

}  // namespace

SafeCopy::SafeCopy(const std::filesystem::path& file, const std::filesystem::path& segments)
    : name_(file.filename()),
      root_(checked(::open(file.parent_path().c_str(), O_PATH | O_CLOEXEC), "open")),
      segments_(checked(::open(segments.c_str(), O_PATH | O_CLOEXEC), "open")),
      buffer_(buffer_bytes) {}

bool SafeCopy::make(int inotify, std::uint64_t revision) {
    if (!descriptors_) {
        descriptors_ = UniqueFd(checked(::open("/proc/self/fd", O_PATH | O_CLOEXEC), "open"));
        make_ready();
    }
    const UniqueFd named = open_named(root_.get(), name_);
    const struct stat before = status_of(named.get());
    const UniqueFd file(checked(
        ::openat(
            descriptors_.get(),
            std::to_string(named.get()).c_str(),
            O_RDONLY | O_NONBLOCK | O_CLOEXEC
        ),
        "openat"
    ));
    if (!S_ISREG(before.st_mode) || !has_no_writer(file.get()))
        return false;
    const iovec part{buffer_.data(), buffer_.size()};
    const auto bytes =
        static_cast<std::size_t>(checked(::preadv2(file.get(), &part, 1, 0, 0), "preadv2"));
    checked(::write(ready_.get(), buffer_.data(), bytes), "write");
    hasher_.restart();
    hasher_.update(buffer_.data(), bytes);
    sha256_ = hasher_.finish();
    std::array<char, event_bytes> events{};
    if (!same(before, status_of(file.get())) || !has_no_writer(file.get()) ||
        ::read(inotify, events.data(), events.size()) >= 0)
        return false;
    const std::string name = std::to_string(revision);
    checked(
        ::renameat2(
            segments_.get(),
            name_while_filled,
            segments_.get(),
            name.c_str(),
            RENAME_NOREPLACE
        ),
        "renameat2"
    );
    return true;
}

void SafeCopy::tidy(std::uint64_t revision) {
    ::unlinkat(segments_.get(), std::to_string(revision).c_str(), 0);
    make_ready();
}

void SafeCopy::make_ready() {
    constexpr mode_t mode = 0600;
    ready_ = UniqueFd(checked(
        ::openat(
            segments_.get(),
            name_while_filled,
            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
            mode
        ),
        "openat"
    ));
}

UniqueFd SafeCopy::open(std::uint64_t revision) const {
    return UniqueFd(checked(
        ::openat(segments_.get(), std::to_string(revision).c_str(), O_RDONLY | O_CLOEXEC),
        "openat"
    ));
}

}  // namespace treecast::bench
