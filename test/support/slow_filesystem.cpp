// slow_filesystem MOUNTPOINT PIDFILE [N]: a FUSE filesystem with the files `a` to `h`. Each file
// contains its name 1,000 times, in capitals if CAPITALS is set, with exactly the same stat(2)
// result. While the process is stopped, every operation hangs. With N, no read is answered before N
// reads wait at the same time. It caches nothing, so that every look reaches it. It stays in the
// foreground, and is unmounted when it ends.
#include "test/support/fuse_filesystem.hpp"

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace {

constexpr off_t file_bytes = 1000;
constexpr std::string_view names = "abcdefgh";
const bool in_capitals = std::getenv("CAPITALS") != nullptr;

bool is_file(const char* path) {
    return std::strlen(path) == 2 && names.find(path[1]) != names.npos;
}

int get_attributes(const char* path, struct stat* status, fuse_file_info* /*file*/) {
    if (std::strcmp(path, "/") == 0) {
        status->st_mode = S_IFDIR | 0755;
        status->st_nlink = 2;
        return 0;
    }
    if (!is_file(path))
        return -ENOENT;
    status->st_mode = S_IFREG | 0644;
    status->st_nlink = 1;
    status->st_size = file_bytes;
    return 0;
}

int read_directory(
    const char* /*path*/,
    void* buffer,
    fuse_fill_dir_t fill,
    off_t /*offset*/,
    fuse_file_info* /*file*/,
    fuse_readdir_flags /*flags*/
) {
    for (const char name : names)
        fill(buffer, std::string(1, name).c_str(), nullptr, 0, fuse_fill_dir_flags{});
    return 0;
}

/// Lets reads continue when enough of them wait.
class Gate {
public:
    void set_waiters_needed(int count) { missing_ = count; }
    void pass() {
        std::unique_lock lock(mutex_);
        if (missing_ > 0 && --missing_ == 0)
            open_.notify_all();
        open_.wait(lock, [this] {
            return missing_ == 0;
        });
    }

private:
    std::mutex mutex_;
    std::condition_variable open_;
    int missing_ = 0;
};
Gate gate;

int read_file(
    const char* path,
    char* buffer,
    size_t bytes,
    off_t offset,
    fuse_file_info* /*file*/
) {
    gate.pass();
    if (offset >= file_bytes)
        return 0;
    const auto count = std::min<size_t>(bytes, static_cast<size_t>(file_bytes - offset));
    std::memset(buffer, in_capitals ? path[1] - 'a' + 'A' : path[1], count);
    return static_cast<int>(count);
}

void* initialise(fuse_conn_info* /*connection*/, fuse_config* config) {
    treecast::test::cache_no_names(*config);
    config->direct_io = 1;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4)
        return 2;
    if (argc == 4)
        gate.set_waiters_needed(std::atoi(argv[3]));
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readdir = read_directory;
    operations.read = read_file;
    operations.init = initialise;
    return treecast::test::run_filesystem(operations, argv[0], argv[1], argv[2]);
}
