// Stores the names in directories that fold case, in the spelling that the directories list.
//
// Such a directory finds a file under other spellings too, and an event carries the spelling that
// was used: `FOO` for a file listed as `foo`. A path is served only in the spelling that its
// directories list. Directories that do not fold case have no entry here and cost nothing.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/directory_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace treecast::watcher {

class Spellings {
public:
    struct Difference {
        std::vector<std::string> removed;
        std::vector<std::string> added;
    };

    /// Stores the names that `reader` has read from the open directory `fd`, if it folds case.
    /// Returns the difference to the last call for the directory; nothing at the first. A few stats
    /// detect whether a filesystem folds case, once for each filesystem.
    Difference update(const DirectoryTree& tree, DirectoryId real, int fd, DirectoryReader& reader);

    bool empty() const noexcept { return directories_.empty(); }
    bool folds(const DirectoryTree& tree, DirectoryId real) const;
    /// Whether the directory, which folds case, listed this exact name at its last read.
    bool has(DirectoryId real, std::string_view name) const;
    /// The listed names of the file that the directory, open as `fd`, finds under `name`. There are
    /// several if the file has hard links there. Stats each listed name.
    std::vector<std::string> names_of(DirectoryId real, int fd, const std::string& name) const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Names = std::unordered_set<std::string, Hash, std::equal_to<>>;
    struct Directory {
        std::uint32_t generation = 0;  // of its id, which another directory may reuse
        Names names;
    };
    std::optional<bool> folds_case(int fd, const Names& names);

    std::unordered_map<DirectoryId, Directory> directories_;
    std::unordered_map<std::uint64_t, bool> devices_;  // whether the whole filesystem folds case
};

/// `name` with the case of its first ASCII letter swapped; empty if it has none. Pure.
std::string other_spelling(std::string_view name);

}  // namespace treecast::watcher
