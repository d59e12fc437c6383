#include "base/beneath.hpp"

#include <treecast/limits.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace treecast {

namespace {

/// A path with its NUL, on the stack: opens are on the hot path.
class TerminatedPath {
public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): only what is used is written
    explicit TerminatedPath(std::string_view path) : fits_(path.size() < bytes_.size()) {
        if (fits_) {
            std::memcpy(bytes_.data(), path.data(), path.size());
            bytes_[path.size()] = '\0';
        }
    }
    bool fits() const noexcept { return fits_; }
    const char* c_str() const noexcept { return bytes_.data(); }

private:
    std::array<char, path_bytes_max> bytes_;
    bool fits_;
};

int flags_for(OpenFor purpose) noexcept {
    return O_CLOEXEC |
           (purpose == OpenFor::naming ? O_PATH | O_NOFOLLOW : O_RDONLY | O_DIRECTORY | O_NONBLOCK);
}

}  // namespace

Result<UniqueFd> open_beneath(int directory, std::string_view path, OpenFor purpose) {
    static std::atomic<bool> has_openat2 = true;
    if (!has_openat2.load(std::memory_order_relaxed))
        return open_beneath_by_component(directory, path, purpose);
    const TerminatedPath name(path.empty() ? "." : path);
    if (!name.fits())
        return system_error(ENAMETOOLONG);
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(flags_for(purpose) & ~O_NOFOLLOW);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const auto fd =
        static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how));
    if (fd >= 0)
        return UniqueFd(fd);
    if (errno != ENOSYS && errno != EPERM)
        return last_system_error();
    // Older container runtimes refuse a system call with EPERM. If the file itself causes EPERM,
    // the fallback returns it again.
    if (errno == ENOSYS)
        has_openat2.store(false, std::memory_order_relaxed);
    return open_beneath_by_component(directory, path, purpose);
}

Result<UniqueFd> open_beneath_by_component(int directory, std::string_view path, OpenFor purpose) {
    if (path.starts_with('/'))
        return system_error(EXDEV);
    UniqueFd current(::openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!current)
        return last_system_error();
    while (!path.empty()) {
        const auto slash = path.find('/');
        const TerminatedPath name(path.substr(0, slash));
        if (!name.fits())
            return system_error(ENAMETOOLONG);
        if (path.substr(0, slash) == "..")
            return system_error(EXDEV);
        UniqueFd next(::openat(current.get(), name.c_str(), flags_for(OpenFor::naming)));
        if (!next)
            return last_system_error();
        struct stat status {};
        if (::fstat(next.get(), &status) != 0)
            return last_system_error();
        if (S_ISLNK(status.st_mode))
            return system_error(ELOOP);
        path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
        if (!path.empty() && !S_ISDIR(status.st_mode))
            return system_error(ENOTDIR);
        current = std::move(next);
    }
    if (purpose == OpenFor::naming)
        return current;
    UniqueFd readable(::openat(current.get(), ".", flags_for(OpenFor::listing)));
    if (!readable)
        return last_system_error();
    return readable;
}

}  // namespace treecast
