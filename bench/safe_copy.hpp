// What it takes at least to know that a copy is one version of a file and whole: the system calls
// that the promises of docs/decisions.md need ("Capture", "Shared memory"), in a straight line.
#pragma once

#include "base/sha256.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace treecast::bench {

/// Made before a fork, used by both processes. Throws std::system_error.
class SafeCopy {
public:
    /// Copies of `file` go to `segments`, a directory on a tmpfs.
    SafeCopy(const std::filesystem::path& file, const std::filesystem::path& segments);

    /// Once the events were read: copies the file to the segment named by the revision. False if
    /// that has to be done again.
    bool make(int inotify, std::uint64_t revision);
    /// After the other process was told of a newer one; makes the next one ready to be filled.
    void tidy(std::uint64_t revision);
    /// For the other process.
    UniqueFd open(std::uint64_t revision) const;

private:
    void make_ready();

    std::string name_;
    UniqueFd root_;
    UniqueFd segments_;
    UniqueFd descriptors_;  // /proc/self/fd of who makes copies
    UniqueFd ready_;        // the segment to be filled next
    std::vector<char> buffer_;
    Sha256Hasher hasher_;
    Sha256 sha256_{};
};

}  // namespace treecast::bench
