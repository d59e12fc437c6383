// Files with more than one name: a change through one name changes all. Pure.
//
// inotify reports a write under the directory entry through which it was made. Names inside the
// tree are found here by (device, inode). A file with more names than are known here may be written
// through a name outside the tree; it needs a watch on the file itself.
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
        /// The file has lost a name. A writer who opened it by that name may still be inside, and
        /// no event reports its writes.
        bool lost_name = false;
        /// The path names the file newly, or again. Events that arrived meanwhile for the file,
        /// under this name or another, have not reached the siblings.
        bool appeared = false;
    };
    /// Records what `path` names now. Files with one name take no memory. A path through a symbolic
    /// link is a sibling like any other, but no name of the file.
    Sight see(std::string_view path, const watcher::FileStat& stat, bool through_link = false);
    /// `path` appeared or vanished: it may name another file now, or may have done so meanwhile.
    void doubt(std::string_view path);
    void forget(std::string_view path);
    /// The other known names of the file that `path` names.
    std::vector<std::string> siblings(std::string_view path) const;
    /// The siblings whose size, mtime or mode, as last seen, differ from those of `path`. ctime is
    /// not compared, since every link and rename moves it.
    std::vector<std::string> outdated_siblings(std::string_view path) const;

    struct Watch {
        std::string path;
        bool on = false;
    };
    /// The watches on single files to set or remove since the last call. Called when no scan is
    /// under way, since during one not all names are known.
    std::vector<Watch> take_watches();
    /// `watched` is the file that the watch on `path` came to watch, if any. False if it is not the
    /// intended one, since the name was replaced or absent for a moment; the next look requests the
    /// watch again.
    bool confirm_watch(std::string_view path, const std::optional<watcher::FileStat>& watched);

    using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device, inode
    /// Files that were found, since the last call, to have more names than are known. Another name
    /// in the tree may have been looked at before it had a second one.
    std::vector<Identity> take_unexplained();

private:
    struct Group {
        std::set<std::string, std::less<>> paths;
        std::set<std::string, std::less<>> names;  // those of `paths` that lead through no link
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
