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
    struct Sight {
        /// A writer may still be in the file who came by that name, and no event tells of him.
        bool lost_name = false;
        /// The path has come to name the file, perhaps again: what events told meanwhile of the
        /// file, under this name or another that it had on the way, the siblings do not know.
        bool appeared = false;
    };
    /// What `path` names now. Costs nothing to remember for files with one name. A path through a
    /// symbolic link is a sibling like any other, but no name of the file.
    Sight see(std::string_view path, const watcher::FileStat& stat, bool through_link = false);
    /// `path` was seen to come or go: whatever it is known to name, it may name or have named
    /// another file.
    void doubt(std::string_view path);
    void forget(std::string_view path);
    /// The other known names of the file that `path` names.
    std::vector<std::string> siblings(std::string_view path) const;
    /// Those of them under which the file was not as it is under `path` when they were last seen.
    /// Its ctime counts for nothing: every link and rename moves it.
    std::vector<std::string> outdated_siblings(std::string_view path) const;

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
    struct Known {
        watcher::FileStat stat;  // as last seen
        bool in_doubt = false;
        Identity identity() const { return {stat.device, stat.inode}; }
    };
    void leave(const std::string& path, Identity identity);

    std::map<Identity, Group> groups_;
    std::map<std::string, Known, std::less<>> known_;
    std::set<Identity> changed_;
    std::set<Identity> unexplained_;
    std::vector<Watch> watches_;
};

}  // namespace treecast::daemon
