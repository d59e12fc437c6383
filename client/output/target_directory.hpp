// A directory below which files are written. No link below it is followed, even if somebody puts
// one there meanwhile. Thread safe.
#pragma once

#include "base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class TargetDirectory {
public:
    /// The directory itself may be reached through links. Throws std::system_error naming it.
    explicit TargetDirectory(const std::string& path);

    /// Opens the directory `path` below this one ("" is this one) with O_PATH. Throws
    /// std::system_error naming it: ELOOP for a link, EXDEV for a path that leaves this directory.
    UniqueFd open(std::string_view path) const;

private:
    std::string path_;  // for messages
    UniqueFd fd_;
};

}  // namespace treecast::client
