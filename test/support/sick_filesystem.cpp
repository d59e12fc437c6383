// sick_filesystem MOUNTPOINT PIDFILE SOURCE ORDERS: a FUSE filesystem that shows the directory
// SOURCE and fails on request. A file ORDERS/NAME.OPERATION (stat, open or read; `/` in the name as
// `,`) contains the errno with which that operation on NAME fails. If it contains `hang`, the
// operation waits until the file is changed or removed. It caches nothing. It stays in the
// foreground, and is unmounted when it ends.
#include "test/support/fuse_filesystem.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast::test;

namespace {

std::string source;
std::string orders;

std::string at(const char* path) {
    return source + path;
}

/// Returns 0, or minus the errno that was ordered.
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

int get_attributes(const char* path, struct stat* status, fuse_file_info* /*file*/) {
    if (const int error = obey(path, "stat"))
        return error;
    return fuse_result(::lstat(at(path).c_str(), status));
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
    return keep_descriptor(::open(at(path).c_str(), file->flags), file);
}

int create_file(const char* path, mode_t mode, fuse_file_info* file) {
    return keep_descriptor(::open(at(path).c_str(), file->flags | O_CREAT, mode), file);
}

int read_file(const char* path, char* buffer, size_t bytes, off_t offset, fuse_file_info* file) {
    if (const int error = obey(path, "read"))
        return error;
    return read_descriptor(path, buffer, bytes, offset, file);
}

int truncate_file(const char* path, off_t size, fuse_file_info* /*file*/) {
    return fuse_result(::truncate(at(path).c_str(), size));
}

int rename_file(const char* from, const char* to, unsigned /*flags*/) {
    return fuse_result(::rename(at(from).c_str(), at(to).c_str()));
}

int unlink_file(const char* path) {
    return fuse_result(::unlink(at(path).c_str()));
}

int change_mode(const char* path, mode_t mode, fuse_file_info* /*file*/) {
    return fuse_result(::chmod(at(path).c_str(), mode));
}

void* initialise(fuse_conn_info* /*connection*/, fuse_config* config) {
    cache_no_names(*config);
    config->direct_io = 1;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5)
        return 2;
    source = argv[3];
    orders = argv[4];
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readdir = read_directory;
    operations.open = open_file;
    operations.create = create_file;
    operations.read = read_file;
    operations.write = write_descriptor;
    operations.release = close_descriptor;
    operations.truncate = truncate_file;
    operations.rename = rename_file;
    operations.unlink = unlink_file;
    operations.chmod = change_mode;
    operations.init = initialise;
    return run_filesystem(operations, argv[0], argv[1], argv[2]);
}
