#include "daemon/look.hpp"

#include <cerrno>

#include <sys/stat.h>

namespace treecast::daemon {

namespace {

bool means_absent(const ErrorCode& error) {
    if (error == Errc::outside_root)
        return true;
    return error.category() == boost::system::system_category() &&
           (error.value() == ENOENT || error.value() == ENOTDIR || error.value() == ELOOP);
}

}  // namespace

Look look_at(const watcher::TreeRoot& root, std::string_view path) {
    Look look;
    look.root_generation = root.generation();
    auto handle = root.open_path(path);
    if (!handle) {
        look.error = handle.error();
        // If the root is gone, every path is absent, which proves nothing about any of them.
        if (means_absent(look.error) && root.is_alive())
            look.seen = Seen::absent;
        return look;
    }

    struct stat status {};
    if (::fstat(handle->get(), &status) != 0) {
        look.error = last_system_error();
        return look;
    }
    if (S_ISDIR(status.st_mode)) {
        look.seen = Seen::directory;
    } else if (S_ISREG(status.st_mode)) {
        look.seen = Seen::file;
        look.stat = watcher::file_stat_of(status);
        look.handle = std::move(*handle);
    } else {
        look.seen = Seen::special;
    }
    return look;
}

}  // namespace treecast::daemon
