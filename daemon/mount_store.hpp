// Remembers the mounts that the watcher saw, for the next daemon: the file `mounts` in the object
// directory (docs/format-mounts.md).
#pragma once

#include "ipc/object_directory.hpp"
#include "watcher/known_mounts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

/// The file's text. No I/O.
std::string write_mounts(const std::vector<watcher::Mount>& mounts);
/// What is no line of it is passed over. No I/O.
std::vector<watcher::Mount> parse_mounts(std::string_view text);

class MountStore {
public:
    explicit MountStore(const ipc::ObjectDirectory& objects) : objects_(objects) {}

    /// None if there is no file, or it cannot be read.
    std::vector<watcher::Mount> read() const;
    /// Whoever dies on the way leaves the mounts of before.
    [[nodiscard]] ErrorCode write(const std::vector<watcher::Mount>& mounts) const;
    /// Writes these, if there are any, or those that could not be written before. The first failure
    /// is logged.
    void store(std::optional<std::vector<watcher::Mount>> mounts);

private:
    const ipc::ObjectDirectory& objects_;
    std::optional<std::vector<watcher::Mount>> unwritten_;
    bool is_failure_logged_ = false;
};

}  // namespace treecast::daemon
