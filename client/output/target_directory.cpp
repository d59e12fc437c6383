#include "client/output/target_directory.hpp"

#include "base/beneath.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>

namespace treecast::client {

TargetDirectory::TargetDirectory(const std::string& path)
    : path_(path), fd_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!fd_)
        throw std::system_error(errno, std::generic_category(), path);
}

UniqueFd TargetDirectory::open(std::string_view path) const {
    auto opened = open_beneath(fd_.get(), path, OpenFor::naming);
    if (!opened)
        throw std::system_error(
            opened.error().value(),
            std::generic_category(),
            path_ + '/' + std::string(path)
        );
    return std::move(*opened);
}

}  // namespace treecast::client
