#include "watcher/tree_root.hpp"

#include "base/beneath.hpp"
#include "base/kernel_limits.hpp"
#include "base/tree_path.hpp"
#include "watcher/directory_reader.hpp"
#include "watcher/link_walk.hpp"

#include <treecast/limits.hpp>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

Result<std::string> read_link(int directory, const std::string& path) {
    std::array<char, path_bytes_max> target{};
    const ssize_t length = ::readlinkat(directory, path.c_str(), target.data(), target.size());
    if (length < 0)
        return last_system_error();
    if (static_cast<std::size_t>(length) == target.size())
        return system_error(ENAMETOOLONG);
    return std::string(target.data(), static_cast<std::size_t>(length));
}

std::string without_slash_at_end(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

Result<UniqueFd> open_root(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        return last_system_error();
    return fd;
}

Result<std::string> real_path_of(int fd) {
    return read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd));
}

ErrorCode error_of(LinkWalk::Outcome outcome) {
    switch (outcome) {
        case LinkWalk::Outcome::missing:
            return system_error(ENOENT);
        case LinkWalk::Outcome::not_a_directory:
            return system_error(ENOTDIR);
        case LinkWalk::Outcome::too_many_links:
            return system_error(ELOOP);
        case LinkWalk::Outcome::outside_root:
            return make_error_code(Errc::outside_root);
        case LinkWalk::Outcome::too_long:
            return system_error(ENAMETOOLONG);
        case LinkWalk::Outcome::file:
        case LinkWalk::Outcome::directory:
            break;
    }
    return {};
}

}  // namespace

TreeRoot::TreeRoot(std::string configured_path)
    : configured_path_(std::move(configured_path)),
      absolute_path_(
          without_slash_at_end(std::filesystem::absolute(configured_path_).lexically_normal())
      ) {
    auto fd = open_root(absolute_path_);
    if (fd.has_error())
        throw StartupError(
            ExitCode::configuration,
            "--root " + configured_path_ + ": " + reason_of(fd.error()) +
                (fd.error() == system_error(EMFILE) ? ""
                                                    : "; name a directory that this user may read")
        );
    require_proc();
    auto real = real_path_of(fd->get());
    if (real.has_error())
        throw StartupError(
            ExitCode::configuration,
            "--root " + configured_path_ + ": " + reason_of(real.error())
        );
    fd_ = std::move(*fd);
    real_path_ = std::move(*real);
    if (const auto identity = identity_of(fd_.get()))
        identity_ = *identity;
}

TreeRoot::Identity TreeRoot::identity_of(const struct stat& status) noexcept {
    return {status.st_dev, status.st_ino};
}

Result<TreeRoot::Identity> TreeRoot::identity_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return last_system_error();
    return identity_of(status);
}

Result<UniqueFd> TreeRoot::open_path(std::string_view path) const {
    // A link swapped in between the walk and the open makes the open fail with ELOOP. Retry a few
    // times, since another process may swap for ever.
    constexpr int attempts_max = 4;
    auto opened = open_beneath(fd_.get(), path, OpenFor::naming);
    for (int attempt = 0; attempt < attempts_max && opened.has_error(); ++attempt) {
        if (opened.error() != system_error(ELOOP))
            break;
        const auto resolved = resolve(path);
        if (resolved.has_error())
            return resolved.error();
        opened = open_beneath(fd_.get(), *resolved, OpenFor::naming);
    }
    return opened;
}

Result<UniqueFd> TreeRoot::open_directory(std::string_view path) const {
    return open_beneath(fd_.get(), path, OpenFor::listing);
}

Result<UniqueFd> TreeRoot::open_point(std::string_view path) const {
    return open_beneath(fd_.get(), path, OpenFor::naming);
}

Result<struct stat> TreeRoot::status(std::string_view path) const {
    struct stat status {};
    const std::string name(path.empty() ? "." : path);
    if (::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return last_system_error();
    return status;
}

Result<std::string> TreeRoot::link_target(std::string_view path) const {
    auto target = read_link(fd_.get(), std::string(path));
    if (target.has_error() || !target->starts_with('/'))
        return target;
    std::string rooted = re_rooted(*target);
    if (rooted.empty())
        return make_error_code(Errc::outside_root);
    return rooted;
}

bool TreeRoot::is_alive() const {
    struct stat now {};
    if (::stat(absolute_path_.c_str(), &now) != 0)
        return false;
    {
        const std::lock_guard lock(mutex_);
        if (identity_of(now) == identity_)
            return true;
    }
    // Some filesystems change the inode number of an open directory.
    const auto opened = identity_of(fd_.get());
    return opened && *opened == identity_of(now);
}

Result<std::string> TreeRoot::leads_to() const {
    const UniqueFd fd(::open(absolute_path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return last_system_error();
    return real_path_of(fd.get());
}

Result<void> TreeRoot::reopen(bool may_be_empty) {
    auto fd = open_root(absolute_path_);
    if (fd.has_error())
        return fd.error();
    DirectoryReader reader;
    if (const ErrorCode error = reader.read(fd->get()))
        return error;
    if (DirectoryEntry entry; !may_be_empty && !reader.next(entry))
        return system_error(ENODATA);
    auto real = real_path_of(fd->get());
    if (real.has_error())
        return real.error();
    const auto identity = identity_of(fd->get());
    if (identity.has_error())
        return identity.error();
    // The descriptor's number stays, so that threads that open files meanwhile need no lock.
    if (::dup3(fd->get(), fd_.get(), O_CLOEXEC) < 0)
        return last_system_error();
    ++generation_;
    const std::lock_guard lock(mutex_);
    real_path_ = std::move(*real);
    identity_ = *identity;
    return {};
}

std::string TreeRoot::real_path() const {
    const std::lock_guard lock(mutex_);
    return real_path_;
}

Result<std::string> TreeRoot::resolve(std::string_view path) const {
    LinkWalk walk("", path);
    while (!walk.outcome()) {
        const std::string at = join(walk.directory(), walk.name());
        const auto found = status(at);
        if (found.has_error())
            return found.error();
        if (S_ISDIR(found->st_mode)) {
            walk.found_directory();
        } else if (S_ISLNK(found->st_mode)) {
            const auto target = link_target(at);
            if (target.has_error())
                return target.error();
            walk.found_link(*target);
        } else {
            walk.found_file();
        }
    }
    if (const ErrorCode error = error_of(*walk.outcome()))
        return error;
    return walk.resolved_path();
}

/// Returns an empty path if `target` does not lie below the root.
std::string TreeRoot::re_rooted(std::string_view target) const {
    for (const std::string& root : {real_path(), absolute_path_}) {
        if (root == "/")
            return std::string(target);
        if (target == root)
            return "/";
        if (lies_below(target, root))
            return std::string(target.substr(root.size()));
    }
    return {};
}

}  // namespace treecast::watcher
