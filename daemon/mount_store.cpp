#include "daemon/mount_store.hpp"

#include "base/log.hpp"
#include "base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::daemon {

namespace {

constexpr std::string_view first_line = "treecast mounts 1\n";
constexpr const char* name = "mounts";
constexpr const char* new_name = "mounts.new";
constexpr std::size_t text_bytes_max = std::size_t{64} * 1024 * 1024;

std::optional<std::uint64_t> take_number(std::string_view& line) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    const auto size = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || size == line.size() || line[size] != ' ')
        return std::nullopt;
    line.remove_prefix(size + 1);
    return number;
}

std::optional<watcher::Mount> parse_line(std::string_view line) {
    const auto device = take_number(line);
    const auto inode = device ? take_number(line) : std::nullopt;
    const auto id = inode ? take_number(line) : std::nullopt;
    if (!id || !line.starts_with('/') || line.find('\0') != line.npos)
        return std::nullopt;
    return watcher::Mount{
        .point = std::string(line),
        .device = *device,
        .inode = *inode,
        .unique_id = *id};
}

}  // namespace

std::string write_mounts(const std::vector<watcher::Mount>& mounts) {
    std::string text(first_line);
    for (const watcher::Mount& mount : mounts) {
        text += std::to_string(mount.device) + ' ' + std::to_string(mount.inode) + ' ' +
                std::to_string(mount.unique_id) + ' ' + mount.point;
        text += '\0';
    }
    return text;
}

std::vector<watcher::Mount> parse_mounts(std::string_view text) {
    std::vector<watcher::Mount> mounts;
    if (!text.starts_with(first_line))
        return mounts;
    text.remove_prefix(first_line.size());
    // Each line ends with NUL, the only byte that no path contains.
    for (auto end = text.find('\0'); end != text.npos; end = text.find('\0')) {
        if (auto mount = parse_line(text.substr(0, end)))
            mounts.push_back(std::move(*mount));
        text.remove_prefix(end + 1);
    }
    return mounts;
}

std::vector<watcher::Mount> MountStore::read() const {
    const UniqueFd fd(
        ::openat(objects_.descriptor(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    );
    std::string text;
    std::array<char, std::size_t{16} * 1024> buffer{};
    while (fd && text.size() < text_bytes_max) {
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return parse_mounts(text);
}

ErrorCode MountStore::write(const std::vector<watcher::Mount>& mounts) const {
    const std::string text = write_mounts(mounts);
    ::unlinkat(objects_.descriptor(), new_name, 0);
    const UniqueFd fd(::openat(
        objects_.descriptor(),
        new_name,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        0600
    ));
    if (!fd)
        return last_system_error();
    std::string_view left = text;
    while (!left.empty()) {
        const ssize_t written = ::write(fd.get(), left.data(), left.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return last_system_error();
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::renameat(objects_.descriptor(), new_name, objects_.descriptor(), name) != 0)
        return last_system_error();
    return {};
}

void MountStore::store(std::optional<std::vector<watcher::Mount>> mounts) {
    if (mounts)
        unwritten_ = std::move(mounts);
    if (!unwritten_)
        return;
    const ErrorCode error = write(*unwritten_);
    if (!error)
        unwritten_.reset();
    else if (!std::exchange(is_failure_logged_, true))
        log::error("the mounts below the root cannot be remembered: {}", error.message());
}

}  // namespace treecast::daemon
