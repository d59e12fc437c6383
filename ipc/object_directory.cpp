#include "ipc/object_directory.hpp"

#include "base/kernel_limits.hpp"
#include "ipc/queue_names.hpp"

#include <treecast/limits.hpp>

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <mqueue.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::ipc {

namespace {

constexpr const char* lock_name = "daemon.lock";
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t others_may_write = S_IWGRP | S_IWOTH;

StartupError refusal(const std::string& path, const std::string& reason) {
    return {ExitCode::configuration, "object directory " + path + ": " + reason};
}

StartupError refusal(const std::string& path, int error) {
    if (error == ELOOP)
        return refusal(path, "is a symbolic link");
    if (error == ENOTDIR)
        return refusal(path, "is no directory");
    return refusal(path, reason_of(system_error(error)));
}

struct stat status_of(int fd, const std::string& path) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        throw refusal(path, errno);
    return status;
}

/// Opens or makes a directory that is the caller's own. Nothing if it, or the one above, is not
/// there (any more).
UniqueFd open_own(int at, const std::string& name, const std::string& path) {
    const bool is_new = ::mkdirat(at, name.c_str(), 0700) == 0;
    if (!is_new && errno == ENOENT)
        return {};
    if (!is_new && errno != EEXIST)
        throw refusal(path, errno);
    // A umask may have kept us out. Nobody else can have put a link in its place: the directory
    // above is ours, root's or sticky.
    if (is_new && ::fchmodat(at, name.c_str(), 0700, 0) != 0 && errno != ENOENT)
        throw refusal(path, errno);
    UniqueFd fd(::openat(at, name.c_str(), directory_flags));
    if (!fd && errno == ENOTDIR) {
        // O_DIRECTORY gives ENOTDIR for a link too.
        struct stat status {};
        if (::fstatat(at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
            throw refusal(
                path,
                (S_ISLNK(status.st_mode) ? "is a symbolic link of user "
                                         : "is no directory; it belongs to user ") +
                    std::to_string(status.st_uid)
            );
    }
    if (!fd && errno == ENOENT)
        return {};
    if (!fd)
        throw refusal(path, errno);
    const struct stat status = status_of(fd.get(), path);
    if (status.st_uid != ::geteuid())
        throw refusal(path, "belongs to user " + std::to_string(status.st_uid));
    if ((status.st_mode & others_may_write) != 0)
        throw refusal(path, "may be written by others (chmod go-w)");
    return fd;
}

/// Empty if the private base is missing: it was removed again, or its parent is missing.
UniqueFd open_base(const std::string& base) {
    if (base == private_object_base(::geteuid())) {
        UniqueFd fd = open_own(AT_FDCWD, base, base);
        if (fd && ::fchmod(fd.get(), 0700) != 0)
            throw refusal(base, errno);
        return fd;
    }
    UniqueFd fd(::open(base.c_str(), directory_flags));
    if (!fd)
        throw refusal(base, errno);
    const struct stat status = status_of(fd.get(), base);
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        throw refusal(base, "belongs to user " + std::to_string(status.st_uid));
    if ((status.st_mode & others_may_write) != 0)
        throw refusal(base, "may be written by others (chmod go-w)");
    return fd;
}

std::vector<std::string> names_in(int directory) {
    UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd.get()), &::closedir);
    std::vector<std::string> names;
    if (!listing)
        return names;
    fd.release();
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
    return names;
}

bool is_same(int fd, int at, const char* name) noexcept {
    struct stat held {};
    struct stat named {};
    return ::fstat(fd, &held) == 0 && ::fstatat(at, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

ObjectDirectory::ObjectDirectory(UniqueFd fd, const std::string& base, InstanceName instance)
    : fd_(std::move(fd)), path_(base + '/' + instance.text()), instance_(std::move(instance)) {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0)
        throw refusal(path_, errno);
    owner_ = status.st_uid;
    group_ = status.st_gid;
    queue_prefix_ = ipc::queue_prefix(owner_, base, instance_);
    object_mode_ = (status.st_mode & S_ISGID) != 0 ? 0640 : 0600;
}

Result<ObjectDirectory> ObjectDirectory::share() const {
    UniqueFd fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd)
        return last_system_error();
    std::string base = path_.substr(0, path_.size() - instance_.text().size() - 1);
    return ObjectDirectory(std::move(fd), base, instance_);
}

ObjectDirectory ObjectDirectory::create(const std::string& base, const InstanceName& instance) {
    const std::string path = base + '/' + instance.text();
    UniqueFd base_fd;
    UniqueFd fd;
    // Another process may remove the private base with its last instance just now. Retry, but not
    // for ever.
    for (int attempt = 0; !fd && attempt < 100; ++attempt) {
        base_fd = open_base(base);
        if (base_fd)
            fd = open_own(base_fd.get(), instance.text(), path);
    }
    if (!fd)
        throw refusal(path, ENOENT);

    const struct stat base_status = status_of(base_fd.get(), base);
    const bool is_shared = (base_status.st_mode & S_ISGID) != 0;
    if (is_shared && ::fchown(fd.get(), static_cast<uid_t>(-1), base_status.st_gid) != 0)
        throw refusal(
            path,
            "cannot be given to group " + std::to_string(base_status.st_gid) + ": " +
                last_system_error().message() + "; the daemon's user must be a member"
        );
    const mode_t mode = is_shared ? 02750 : 0700;
    if (::fchmod(fd.get(), mode) != 0)
        throw refusal(path, errno);
    // chmod(2) silently drops the set-group-ID bit if the user is not a member of the group.
    if ((status_of(fd.get(), path).st_mode & 07777) != mode)
        throw refusal(
            path,
            "cannot be set-group-ID: the daemon's user must be a member of group " +
                std::to_string(base_status.st_gid)
        );
    return ObjectDirectory(std::move(fd), base, instance);
}

Result<ObjectDirectory>
ObjectDirectory::open(const std::string& base, const InstanceName& instance) {
    const UniqueFd base_fd(::open(base.c_str(), directory_flags));
    struct stat base_status {};
    if (!base_fd || ::fstat(base_fd.get(), &base_status) != 0)
        return last_system_error();
    UniqueFd fd(::openat(base_fd.get(), instance.text().c_str(), directory_flags));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0)
        return last_system_error();
    // The base's owner could replace this directory by any other.
    if (((status.st_mode | base_status.st_mode) & others_may_write) != 0)
        return Errc::writable_by_others;
    if ((base_status.st_uid != status.st_uid && base_status.st_uid != 0) ||
        (base == private_object_base(::geteuid()) && base_status.st_uid != ::geteuid()))
        return Errc::foreign_owner;
    return ObjectDirectory(std::move(fd), base, instance);
}

Result<UniqueFd> lock_instance(const ObjectDirectory& directory) {
    for (;;) {
        UniqueFd fd(::openat(
            directory.descriptor(),
            lock_name,
            O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
            0600
        ));
        if (!fd || ::fchmod(fd.get(), 0600) != 0)
            return last_system_error();
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK)
                return Errc::already_running;
            return last_system_error();
        }
        // Whoever held the lock before may have removed the instance.
        if (is_same(fd.get(), directory.descriptor(), lock_name))
            return fd;
        struct stat status {};
        if (::fstat(directory.descriptor(), &status) != 0 || status.st_nlink == 0)
            return system_error(ENOENT);
    }
}

ErrorCode remove_instance(const std::string& base, const ObjectDirectory& directory) {
    ErrorCode first;
    const auto note = [&first](int result) {
        if (result != 0 && errno != ENOENT && !first)
            first = last_system_error();
    };
    for (unsigned pair = 0; pair < max_workers_max; ++pair) {
        note(::mq_unlink(notification_queue_name(directory.queue_prefix(), pair).c_str()));
        note(::mq_unlink(request_queue_name(directory.queue_prefix(), pair).c_str()));
    }
    // The lock last: until it is gone no other daemon makes what would be removed here.
    for (const std::string& name : names_in(directory.descriptor()))
        if (name != lock_name)
            note(::unlinkat(directory.descriptor(), name.c_str(), 0));
    note(::unlinkat(directory.descriptor(), lock_name, 0));

    const UniqueFd base_fd(::open(base.c_str(), directory_flags));
    const std::string& name = directory.instance().text();
    if (base_fd && is_same(directory.descriptor(), base_fd.get(), name.c_str()))
        note(::unlinkat(base_fd.get(), name.c_str(), AT_REMOVEDIR));
    if (base == private_object_base(directory.owner()) && ::rmdir(base.c_str()) != 0 &&
        errno != ENOTEMPTY && errno != EEXIST)
        note(-1);
    return first;
}

}  // namespace treecast::ipc
