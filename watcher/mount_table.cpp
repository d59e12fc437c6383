#include "watcher/mount_table.hpp"

#include "base/beneath.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr unsigned unique_mount_id = 0x4000;  // STATX_MNT_ID_UNIQUE, which older headers lack

std::string_view take_field(std::string_view& line) {
    const auto end = line.find(' ');
    const std::string_view field = line.substr(0, end);
    line = end == line.npos ? std::string_view() : line.substr(end + 1);
    return field;
}

bool is_octal(char digit) {
    return digit >= '0' && digit <= '7';
}

/// Blanks, tabs, newlines and backslashes are written as `\ooo`.
std::string unescape(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text.size() >= 4 && text[0] == '\\' && is_octal(text[1]) && is_octal(text[2]) &&
            is_octal(text[3])) {
            plain +=
                static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text.remove_prefix(4);
        } else {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

std::string read_from_start(int fd) {
    std::string text;
    std::array<char, std::size_t{16} * 1024> buffer{};
    if (::lseek(fd, 0, SEEK_SET) != 0)
        return text;
    while (true) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got <= 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace

std::set<std::string> mount_points_around(std::string_view mountinfo, std::string_view directory) {
    std::set<std::string> points;
    while (!mountinfo.empty()) {
        const auto end = mountinfo.find('\n');
        std::string_view line = mountinfo.substr(0, end);
        mountinfo = end == mountinfo.npos ? std::string_view() : mountinfo.substr(end + 1);
        for (int field = 0; field < 4; ++field)
            take_field(line);  // its id, its parent's, device, what of the filesystem is mounted
        std::string point = unescape(take_field(line));
        if (point.size() > 1 && point.front() == '/' &&
            (is_at_or_below(point, directory) || is_at_or_below(directory, point)))
            points.insert(std::move(point));
    }
    return points;
}

MountTable::MountTable()
    : fd_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)),
      top_(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

bool MountTable::has_news() {
    pollfd mounted{fd_.get(), POLLPRI, 0};
    const bool has_news = fd_ && ::poll(&mounted, 1, 0) > 0;
    const bool had_news = std::exchange(has_news_, false);
    return !std::exchange(known_, true) || had_news || has_news;
}

bool MountTable::has_news_or(int events) {
    std::array<pollfd, 2> asked{{{fd_.get(), POLLPRI, 0}, {events, POLLIN, 0}}};
    if (!fd_ || ::poll(asked.data(), asked.size(), 0) != 0) {
        has_news_ = has_news_ || asked[0].revents != 0;
        return true;
    }
    return has_news_;
}

std::set<std::string> MountTable::points_around(const std::string& directory) const {
    if (!fd_)
        return {};
    return mount_points_around(read_from_start(fd_.get()), directory);
}

PointSight MountTable::look_at(const std::string& point, bool listed) const {
    PointSight sight;
    const auto opened =
        open_beneath(top_.get(), std::string_view(point).substr(1), OpenFor::naming);
    if (opened.has_error()) {
        const int error = opened.error().value();
        if (error == ENOENT || error == ENOTDIR || error == ELOOP)
            sight.kind = PointSight::Kind::missing;
        return sight;
    }
    struct statx status {};
    if (::statx(
            opened->get(),
            "",
            AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
            STATX_TYPE | STATX_INO | unique_mount_id,
            &status
        ) != 0)
        return sight;
    sight.kind = PointSight::Kind::there;
    sight.is_mount = (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0
                         ? (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0
                         : listed;
    sight.is_directory = S_ISDIR(status.stx_mode);
    sight.device = ::makedev(status.stx_dev_major, status.stx_dev_minor);
    sight.inode = status.stx_ino;
    if ((status.stx_mask & unique_mount_id) != 0)
        sight.unique_id = status.stx_mnt_id;
    return sight;
}

}  // namespace treecast::watcher
