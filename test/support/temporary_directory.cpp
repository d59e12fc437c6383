#include "test/support/temporary_directory.hpp"

#include "base/unique_fd.hpp"
#include "test/support/fail_with_errno.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test {

namespace fs = std::filesystem;

namespace {

void write_all(const std::string& path, std::string_view content) {
    const bool is_new = ::access(path.c_str(), F_OK) != 0;
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file || (is_new && ::fchmod(file.get(), 0644) != 0))  // whatever the umask
        fail_with_errno(path);
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0)
            fail_with_errno(path);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

TemporaryDirectory::TemporaryDirectory()
    : path_((fs::temp_directory_path() / "treecast-test.XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr || ::chmod(path_.c_str(), 0755) != 0)
        fail_with_errno(path_);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::operator/(std::string_view relative) const {
    return path_ + '/' + std::string(relative);
}

void TemporaryDirectory::write(std::string_view relative, std::string_view content) const {
    const fs::path path = *this / relative;
    fs::create_directories(path.parent_path());
    write_all(path.string(), content);
}

void TemporaryDirectory::replace(std::string_view relative, std::string_view content) const {
    const fs::path path = *this / relative;
    const fs::path beside = path.parent_path() / ("." + path.filename().string() + ".new");
    fs::create_directories(path.parent_path());
    write_all(beside.string(), content);
    fs::rename(beside, path);
}

std::string read_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        fail_with_errno(path);
    std::string content;
    char piece[65536];
    while (true) {
        const ssize_t bytes = ::read(file.get(), piece, sizeof piece);
        if (bytes < 0)
            fail_with_errno(path);
        if (bytes == 0)
            return content;
        content.append(piece, static_cast<std::size_t>(bytes));
    }
}

}  // namespace treecast::test
