// folding_filesystem DIRECTORY MOUNTPOINT PIDFILE: a FUSE filesystem that shows DIRECTORY and finds
// names in any case of their ASCII letters, as filesystems that fold case do: a file keeps the name
// that it was made by. Stays in the foreground; unmounted when it ends.
#define FUSE_USE_VERSION 31
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fstream>
#include <fuse.h>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::string backing;

bool is_same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
        return std::tolower(left) == std::tolower(right);
    });
}

/// `name` as the directory spells it; itself if it is not there.
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

int answer(int result) {
    return result < 0 ? -errno : 0;
}

int get_attributes(const char* path, struct stat* status, fuse_file_info* /*file*/) {
    return answer(::lstat(place(path).c_str(), status));
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

int open_at(const char* path, int flags, mode_t mode, fuse_file_info* file) {
    const int fd = ::open(place(path).c_str(), flags, mode);
    if (fd < 0)
        return -errno;
    file->fh = static_cast<std::uint64_t>(fd);
    return 0;
}

int open_file(const char* path, fuse_file_info* file) {
    return open_at(path, file->flags, 0, file);
}

int create_file(const char* path, mode_t mode, fuse_file_info* file) {
    return open_at(path, file->flags | O_CREAT, mode, file);
}

int read_file(
    const char* /*path*/,
    char* buffer,
    size_t bytes,
    off_t offset,
    fuse_file_info* file
) {
    const ssize_t got = ::pread(static_cast<int>(file->fh), buffer, bytes, offset);
    return got < 0 ? -errno : static_cast<int>(got);
}

int write_file(
    const char* /*path*/,
    const char* bytes,
    size_t count,
    off_t offset,
    fuse_file_info* file
) {
    const ssize_t put = ::pwrite(static_cast<int>(file->fh), bytes, count, offset);
    return put < 0 ? -errno : static_cast<int>(put);
}

int release_file(const char* /*path*/, fuse_file_info* file) {
    ::close(static_cast<int>(file->fh));
    return 0;
}

int truncate_file(const char* path, off_t size, fuse_file_info* /*file*/) {
    return answer(::truncate(place(path).c_str(), size));
}

int remove_file(const char* path) {
    return answer(::unlink(place(path).c_str()));
}

int make_directory(const char* path, mode_t mode) {
    return answer(::mkdir(place(path).c_str(), mode));
}

int remove_directory(const char* path) {
    return answer(::rmdir(place(path).c_str()));
}

/// To another spelling of itself: gets that one.
int rename_file(const char* from, const char* to, unsigned /*flags*/) {
    const std::string source = place(from);
    std::string target = place(to);
    if (source == target) {
        const std::string wanted(to);
        target.replace(target.rfind('/'), std::string::npos, wanted.substr(wanted.rfind('/')));
    }
    return answer(::rename(source.c_str(), target.c_str()));
}

void* initialise(fuse_conn_info* /*connection*/, fuse_config* config) {
    config->use_ino = 1;
    config->entry_timeout = 0;
    config->attr_timeout = 0;
    config->negative_timeout = 0;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return 2;
    backing = argv[1];
    std::ofstream(argv[3]) << ::getpid() << std::endl;
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readdir = read_directory;
    operations.open = open_file;
    operations.create = create_file;
    operations.read = read_file;
    operations.write = write_file;
    operations.release = release_file;
    operations.truncate = truncate_file;
    operations.unlink = remove_file;
    operations.mkdir = make_directory;
    operations.rmdir = remove_directory;
    operations.rename = rename_file;
    operations.init = initialise;
    std::string foreground = "-f";
    std::string single = "-s";
    std::string options = "-oallow_other";
    char* arguments[] =
        {argv[0], foreground.data(), single.data(), options.data(), argv[2], nullptr};
    return fuse_main(5, arguments, &operations, nullptr);
}
