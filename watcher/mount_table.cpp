#include "watcher/mount_table.hpp"

#include <treecast/tree_path.hpp>

#include <array>
#include <cstddef>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

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

std::set<std::string> mounts_below(std::string_view mountinfo, std::string_view directory) {
    std::set<std::string> mounts;
    while (!mountinfo.empty()) {
        const auto end = mountinfo.find('\n');
        std::string_view line = mountinfo.substr(0, end);
        mountinfo = end == mountinfo.npos ? std::string_view() : mountinfo.substr(end + 1);
        const std::string id(take_field(line));
        take_field(line);  // its parent's id
        take_field(line);  // device
        take_field(line);  // what of the filesystem is mounted
        const std::string point = unescape(take_field(line));
        if (point == directory || directory == "/" || lies_below(point, directory))
            mounts.insert(id + ' ' + point);
    }
    return mounts;
}

MountTable::MountTable() : fd_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)) {}

bool MountTable::changed_below(const std::string& directory) {
    if (!fd_)
        return false;
    pollfd mounted{fd_.get(), POLLPRI, 0};
    const bool is_news = ::poll(&mounted, 1, 0) > 0;
    if (!is_news && known_ && directory == directory_)
        return false;
    auto now = mounts_below(read_from_start(fd_.get()), directory);
    const bool comparable = std::exchange(known_, true) && directory == directory_;
    const bool changed = comparable && now != mounts_;
    directory_ = directory;
    mounts_ = std::move(now);
    return changed;
}

}  // namespace treecast::watcher
