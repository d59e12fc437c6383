// Stores the mounts that the watcher saw, for the next daemon, in the file `mounts` of the object
// directory (docs/format-mounts.md).
#pragma once

#include "ipc/object_directory.hpp"
#include "watcher/known_mounts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

/// Returns the file's text. No I/O.
std::string write_mounts(const std::vector<watcher::Mount>& mounts);
/// Skips invalid lines. No I/O.
std::vector<watcher::Mount> parse_mounts(std::string_view text);

class MountStore {
public:
    explicit MountStore(const ipc::ObjectDirectory& objects) : objects_(objects) {}

    /// Empty if the file cannot be opened. A read error counts as its end.
    std::vector<watcher::Mount> read() const;
    /// Replaces the file by rename: a crash leaves the old one.
    [[nodiscard]] ErrorCode write(const std::vector<watcher::Mount>& mounts) const;
    /// Writes `mounts`, if given, or else those whose last write failed. Only the first failure is
    /// logged.
    void store(std::optional<std::vector<watcher::Mount>> mounts);

private:
    const ipc::ObjectDirectory& objects_;
    std::optional<std::vector<watcher::Mount>> unwritten_;
    bool is_failure_logged_ = false;
};

}  // namespace treecast::daemon
