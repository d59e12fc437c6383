// Files with more than one name: a change through one name is a change of all. Pure.
//
// inotify reports a write under the directory entry that it was made through. Names inside the
// tree are found here by (device, inode); a file that has more names than are known here may be
// written through one outside the tree, and then needs a watch on the file itself.
#pragma once

#include "watcher/file_stat.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::daemon {

class HardLinks {
public:
    /// What `path` names now. Costs nothing to remember for files with one name. A path through a
    /// symbolic link is a sibling like any other, but no name of the file. True if the file has
    /// lost a name: a writer may still be in it who came by that one, and no event tells of him.
    bool see(std::string_view path, const watcher::FileStat& stat, bool through_link = false);
    void forget(std::string_view path);
    /// The other known names of the file that `path` names.
    std::vector<std::string> siblings(std::string_view path) const;

    struct Watch {
        std::string path;
        bool on = false;
    };
    /// Which files' own watches are to be set or taken away, since the last call. To be asked
    /// when no scan is under way: during one, not all names are known yet.
    std::vector<Watch> take_watches();
    /// Which file the watch that was to be set on `path` came to watch, if any. False if that is
    /// not the one it is for, since the name came to be another's, or was away for a moment: the
    /// next look asks for it again.
    bool take_watched(std::string_view path, const std::optional<watcher::FileStat>& watched);

    using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device, inode
    /// Files that were found to have more names than are known, since the last call: another
    /// name in the tree may have been looked at before it had a second one.
    std::vector<Identity> take_unexplained();

private:
    struct Group {
        std::set<std::string, std::less<>> paths;
        std::set<std::string, std::less<>> names;  // of the paths, those through no link
        std::uint32_t links = 0;
        bool has_unknown_names() const { return names.size() < links; }
        std::string watched;  // the name under which the file itself is watched; empty: none
    };
    void leave(const std::string& path, Identity identity);

    std::map<Identity, Group> groups_;
    std::map<std::string, Identity, std::less<>> identities_;
    std::set<Identity> changed_;
    std::set<Identity> unexplained_;
    std::vector<Watch> watches_;
};

}  // namespace treecast::daemon
