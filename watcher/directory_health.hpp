// Records which directories cannot be read or watched, and which of these are lost: they were read
// before, or fail for another reason than a lack of permission. No I/O.
#pragma once

#include "watcher/directory_id.hpp"

#include <set>
#include <vector>

namespace treecast::watcher {

class DirectoryHealth {
public:
    /// The device that the directory was on when it was read; 0: it has not been read.
    std::uint64_t device(DirectoryId directory) const { return facts_[directory].device; }
    void set_device(DirectoryId directory, std::uint64_t device) {
        facts_.write(directory).device = device;
    }

    /// An errno: why the directory could not be read to its end; 0: it could.
    int error(DirectoryId directory) const { return facts_[directory].error; }
    void set_error(DirectoryId directory, int error);
    /// A predecessor has read the directory: it counts as lost while it cannot be read.
    void expect_readable(DirectoryId directory);
    /// We, or a predecessor, have read the directory.
    bool is_expected(DirectoryId directory) const {
        return facts_[directory].device != 0 || facts_[directory].expected;
    }
    /// Directories that cannot be read now, and could be before or fail for a reason other than a
    /// lack of permission or ENODATA (empty).
    const std::set<DirectoryId>& lost() const noexcept { return lost_; }

    bool is_unwatched(DirectoryId directory) const { return facts_[directory].unwatched; }
    void set_unwatched(DirectoryId directory, bool unwatched);
    std::size_t unwatched_count() const noexcept { return unwatched_count_; }

    /// Directories with an error or without a watch.
    std::vector<DirectoryId> troubled() const;
    bool has_trouble() const noexcept { return error_count_ + unwatched_count_ != 0; }

    /// The directory has left its place: clears its error and its need of a watch.
    void end_trouble(DirectoryId directory);
    /// Forgets the directory; another may reuse its number.
    void forget(DirectoryId directory);

private:
    struct Facts {
        std::uint64_t device = 0;
        std::int16_t error = 0;
        bool expected = false;
        bool unwatched = false;
    };

    PerDirectory<Facts> facts_;
    std::set<DirectoryId> lost_;
    std::size_t error_count_ = 0;
    std::size_t unwatched_count_ = 0;
};

}  // namespace treecast::watcher
