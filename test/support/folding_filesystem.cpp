// folding_filesystem MOUNTPOINT PIDFILE DIRECTORY: a FUSE filesystem that shows DIRECTORY and
// ignores the case of ASCII letters in names, as filesystems that fold case do. A file keeps the
// spelling with which it was created. It stays in the foreground, and is unmounted when it ends.
#include "test/support/fuse_filesystem.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast::test;

namespace {

std::string backing;

bool is_same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
        return std::tolower(left) == std::tolower(right);
    });
}

/// `name` in the spelling of the directory, or unchanged if it does not exist.
std::string spelled(const std::string& directory, const std::string& name) {
    std::string own = name;
    if (DIR* const open = ::opendir(directory.c_str())) {
        while (const dirent* const entry = ::readdir(open))
            if (is_same_name(entry->d_name, name))
                own = entry->d_name;
        ::closedir(open);
    }
    return own;
}

std::string place(const char* path) {
    std::string found = backing;
    std::string_view rest(path);
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto slash = std::min(rest.find('/'), rest.size());
        if (slash != 0)
            found += '/' + spelled(found, std::string(rest.substr(0, slash)));
        rest.remove_prefix(slash);
    }
    return found;
}

int get_attributes(const char* path, struct stat* status, fuse_file_info* /*file*/) {
    return fuse_result(::lstat(place(path).c_str(), status));
}

int read_directory(
    const char* path,
    void* buffer,
    fuse_fill_dir_t fill,
    off_t /*offset*/,
    fuse_file_info* /*file*/,
    fuse_readdir_flags /*flags*/
) {
    DIR* const open = ::opendir(place(path).c_str());
    if (open == nullptr)
        return -errno;
    while (const dirent* const entry = ::readdir(open)) {
        struct stat status {};
        status.st_ino = entry->d_ino;
        status.st_mode = static_cast<mode_t>(DTTOIF(entry->d_type));
        fill(buffer, entry->d_name, &status, 0, fuse_fill_dir_flags{});
    }
    ::closedir(open);
    return 0;
}

int open_file(const char* path, fuse_file_info* file) {
    return keep_descriptor(::open(place(path).c_str(), file->flags), file);
}

int create_file(const char* path, mode_t mode, fuse_file_info* file) {
    return keep_descriptor(::open(place(path).c_str(), file->flags | O_CREAT, mode), file);
}

int truncate_file(const char* path, off_t size, fuse_file_info* /*file*/) {
    return fuse_result(::truncate(place(path).c_str(), size));
}

int remove_file(const char* path) {
    return fuse_result(::unlink(place(path).c_str()));
}

int make_directory(const char* path, mode_t mode) {
    return fuse_result(::mkdir(place(path).c_str(), mode));
}

int remove_directory(const char* path) {
    return fuse_result(::rmdir(place(path).c_str()));
}

/// A file that is renamed to another spelling of its name gets that spelling.
int rename_file(const char* from, const char* to, unsigned /*flags*/) {
    const std::string source = place(from);
    std::string target = place(to);
    if (source == target) {
        const std::string wanted(to);
        target.replace(target.rfind('/'), std::string::npos, wanted.substr(wanted.rfind('/')));
    }
    return fuse_result(::rename(source.c_str(), target.c_str()));
}

void* initialise(fuse_conn_info* /*connection*/, fuse_config* config) {
    config->use_ino = 1;
    cache_no_names(*config);
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return 2;
    backing = argv[3];
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readdir = read_directory;
    operations.open = open_file;
    operations.create = create_file;
    operations.read = read_descriptor;
    operations.write = write_descriptor;
    operations.release = close_descriptor;
    operations.truncate = truncate_file;
    operations.unlink = remove_file;
    operations.mkdir = make_directory;
    operations.rmdir = remove_directory;
    operations.rename = rename_file;
    operations.init = initialise;
    return run_filesystem(operations, argv[0], argv[1], argv[2], true);
}
