#include "watcher/spellings.hpp"

#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace treecast::watcher {

namespace {

bool is_letter(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::optional<struct stat> status_of(int directory, const std::string& name) {
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    return status;
}

bool is_same_file(const struct stat& a, const struct stat& b) noexcept {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The device alone does not show it: on an overlay of several filesystems that of a file is
/// another than that of its directory.
bool is_mount_point(int directory, const std::string& name) noexcept {
    struct statx status {};
    return ::statx(directory, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &status) ==
               0 &&
           (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// ext4, f2fs and tmpfs fold case only in directories with this flag.
bool is_marked(int fd) noexcept {
    int flags = 0;
    return ::ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL) != 0;
}

}  // namespace

std::string other_spelling(std::string_view name) {
    std::string other(name);
    for (char& byte : other) {
        if (is_letter(byte)) {
            byte = static_cast<char>(byte ^ 0x20);
            return other;
        }
    }
    return {};
}

/// Whether the directory folds case; nullopt if none of its names shows that. For a filesystem that
/// folds case everywhere there is no flag: it only finds a name that it does not list. This is
/// tried once for each filesystem.
std::optional<bool> Spellings::folds_case(int fd, const Names& names) {
    if (is_marked(fd))
        return true;
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return false;
    if (const auto known = devices_.find(status.st_dev); known != devices_.end())
        return known->second;
    for (const std::string& name : names) {
        const std::string other = other_spelling(name);
        if (other.empty() || names.contains(other))
            continue;
        const auto own = status_of(fd, name);
        const auto found = status_of(fd, other);
        if (!own || is_mount_point(fd, name))
            continue;  // it has vanished, or is of another filesystem
        return devices_[status.st_dev] = found && is_same_file(*own, *found);
    }
    return std::nullopt;
}

Spellings::Difference
Spellings::update(const DirectoryTree& tree, DirectoryId real, int fd, DirectoryReader& reader) {
    const bool is_known = folds(tree, real);
    Difference difference;
    struct stat status {};
    const bool never_folds = !is_known && !is_marked(fd) && ::fstat(fd, &status) == 0 &&
                             devices_.contains(status.st_dev) && !devices_[status.st_dev];
    if (never_folds) {
        directories_.erase(real);
        return difference;
    }
    Names names;
    DirectoryEntry entry;
    reader.rewind();
    while (reader.next(entry))
        names.emplace(entry.name);
    Directory& directory = directories_[real];
    if (is_known) {
        for (const std::string& name : directory.names)
            if (!names.contains(name))
                difference.removed.push_back(name);
        for (const std::string& name : names)
            if (!directory.names.contains(name))
                difference.added.push_back(name);
    }
    // While no name has a letter, it is unknown whether the directory folds case. It counts as one
    // that does, so that a later read decides. No event can carry a wrong spelling until then.
    if (folds_case(fd, names).value_or(true))
        directory = {.generation = tree.generation(real), .names = std::move(names)};
    else
        directories_.erase(real);
    return difference;
}

bool Spellings::folds(const DirectoryTree& tree, DirectoryId real) const {
    const auto found = directories_.find(real);
    return found != directories_.end() && found->second.generation == tree.generation(real);
}

bool Spellings::has(DirectoryId real, std::string_view name) const {
    const auto found = directories_.find(real);
    return found != directories_.end() && found->second.names.contains(name);
}

std::vector<std::string> Spellings::names_of(DirectoryId real, int fd, const std::string& name)
    const {
    std::vector<std::string> all;
    const auto directory = directories_.find(real);
    const auto wanted = status_of(fd, name);
    if (directory == directories_.end() || !wanted)
        return all;
    for (const std::string& own : directory->second.names) {
        const auto status = status_of(fd, own);
        if (status && is_same_file(*status, *wanted))
            all.push_back(own);
    }
    return all;
}

}  // namespace treecast::watcher
