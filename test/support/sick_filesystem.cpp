// sick_filesystem MOUNTPOINT PIDFILE SOURCE ORDERS: a FUSE filesystem that shows the directory
// SOURCE and fails as it is told. A file ORDERS/NAME.OPERATION (stat, open or read; `/` in the name
// as `,`) holds the errno with which that operation on NAME fails, or `hang`: then it waits until
// the order is gone. It caches nothing. Stays in the foreground; unmounted when it ends.
#define FUSE_USE_VERSION 31
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <fuse.h>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::string source;
std::string orders;

std::string at(const char* path) {
    return source + path;
}

/// 0, or minus the errno that was ordered.
int obey(const char* path, const char* operation) {
    std::string name(path + 1);
    std::replace(name.begin(), name.end(), '/', ',');
    while (true) {
        std::ifstream order(orders + '/' + name + '.' + operation);
        std::string word;
        if (!(order >> word))
            return 0;
        if (word != "hang")
            return -std::stoi(word);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

int result(long outcome) {
    return outcome < 0 ? -errno : static_cast<int>(outcome);
}

int get_attributes(const char* path, struct stat* status, fuse_file_info* /*file*/) {
    if (const int error = obey(path, "stat"))
        return error;
    return result(::lstat(at(path).c_str(), status));
}

int read_directory(
    const char* path,
    void* buffer,
    fuse_fill_dir_t fill,
    off_t /*offset*/,
    fuse_file_info* /*file*/,
    fuse_readdir_flags /*flags*/
) {
    DIR* const directory = ::opendir(at(path).c_str());
    if (directory == nullptr)
        return -errno;
    while (const dirent* const entry = ::readdir(directory))
        fill(buffer, entry->d_name, nullptr, 0, fuse_fill_dir_flags{});
    ::closedir(directory);
    return 0;
}

int open_file(const char* path, fuse_file_info* file) {
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        if (const int error = obey(path, "open"))
            return error;
    const int descriptor = ::open(at(path).c_str(), file->flags);
    file->fh = static_cast<std::uint64_t>(descriptor);
    return descriptor < 0 ? -errno : 0;
}

int create_file(const char* path, mode_t mode, fuse_file_info* file) {
    const int descriptor = ::open(at(path).c_str(), file->flags | O_CREAT, mode);
    file->fh = static_cast<std::uint64_t>(descriptor);
    return descriptor < 0 ? -errno : 0;
}

int read_file(const char* path, char* buffer, size_t bytes, off_t offset, fuse_file_info* file) {
    if (const int error = obey(path, "read"))
        return error;
    return result(::pread(static_cast<int>(file->fh), buffer, bytes, offset));
}

int write_file(
    const char* /*path*/,
    const char* buffer,
    size_t bytes,
    off_t offset,
    fuse_file_info* file
) {
    return result(::pwrite(static_cast<int>(file->fh), buffer, bytes, offset));
}

int release_file(const char* /*path*/, fuse_file_info* file) {
    return result(::close(static_cast<int>(file->fh)));
}

int truncate_file(const char* path, off_t size, fuse_file_info* /*file*/) {
    return result(::truncate(at(path).c_str(), size));
}

int rename_file(const char* from, const char* to, unsigned /*flags*/) {
    return result(::rename(at(from).c_str(), at(to).c_str()));
}

int unlink_file(const char* path) {
    return result(::unlink(at(path).c_str()));
}

int change_mode(const char* path, mode_t mode, fuse_file_info* /*file*/) {
    return result(::chmod(at(path).c_str(), mode));
}

void* initialise(fuse_conn_info* /*connection*/, fuse_config* config) {
    config->entry_timeout = 0;
    config->attr_timeout = 0;
    config->negative_timeout = 0;
    config->direct_io = 1;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5)
        return 2;
    source = argv[3];
    orders = argv[4];
    std::ofstream(argv[2]) << ::getpid() << std::endl;
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readdir = read_directory;
    operations.open = open_file;
    operations.create = create_file;
    operations.read = read_file;
    operations.write = write_file;
    operations.release = release_file;
    operations.truncate = truncate_file;
    operations.rename = rename_file;
    operations.unlink = unlink_file;
    operations.chmod = change_mode;
    operations.init = initialise;
    std::string foreground = "-f";
    std::string options = "-oallow_other";
    char* arguments[] = {argv[0], foreground.data(), options.data(), argv[1], nullptr};
    return fuse_main(4, arguments, &operations, nullptr);
}
