// The names in directories that fold case, as those directories spell them.
//
// There a file is found under other names than its own, and events tell of it under the name that
// was used: `FOO` for what is `foo`. A path is served as its directories spell it, and as nothing
// else. Directories that do not fold have no entry here and cost nothing.
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

    /// Takes the names that `reader` has read of the open directory `fd`, if it folds case. What
    /// changed since the last time; nothing the first time.
    Difference update(const DirectoryTree& tree, DirectoryId real, int fd, DirectoryReader& reader);

    bool empty() const noexcept { return directories_.empty(); }
    bool folds(const DirectoryTree& tree, DirectoryId real) const;
    /// Whether the directory, which folds, had that very name when it was read last.
    bool has(DirectoryId real, std::string_view name) const;
    /// The name by which the directory, open as `fd`, has what it finds under `name`; those of the
    /// same inode if there are several.
    std::vector<std::string> names_of(DirectoryId real, int fd, const std::string& name) const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Names = std::unordered_set<std::string, Hash, std::equal_to<>>;
    struct Directory {
        std::uint32_t generation = 0;  // of its id, which may be given to another
        Names names;
    };
    std::optional<bool> folds_case(int fd, const Names& names);

    std::unordered_map<DirectoryId, Directory> directories_;
    std::unordered_map<std::uint64_t, bool> devices_;  // whether all of a filesystem folds
};

/// `name` with the case of its first ASCII letter swapped; empty if it has none. PURE.
std::string other_spelling(std::string_view name);

}  // namespace treecast::watcher
