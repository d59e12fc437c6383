// Follows links and keeps what they lead to up to date: watches every directory on the way, and
// names below a link every directory behind it.
#pragma once

#include "watcher/structure.hpp"

#include <optional>
#include <string>

namespace treecast::watcher {

enum class FollowFor {
    listing,  // the caller says what is there
    change,   // files that come, go or are others now are named as changes
};

/// Follows the link at `place` (now, watching first) and makes the tree of directories right for
/// all names of its directory: a directory behind it is added and queued, one that it no longer
/// leads to is gone. Returns what is known of it then: nullptr if it is no link (any more).
///
/// `listed`: the name of the directory that is being read. If the link is as it was, nothing is new
/// under the others: a directory may have a hundred thousand, each of which is read.
const Link* follow_link(
    TreeState& state,
    const NamePlace& place,
    FollowFor purpose,
    Findings& findings,
    DirectoryId listed = no_directory
);

/// There is no link at `place` any more.
void forget_link(TreeState& state, const NamePlace& place, Findings& findings);

/// What a link of kind `file` leads to, as stat says.
std::optional<FileStat> file_behind(const TreeState& state, const Link& link);

/// Looks at all names that have been touched, links and directories, and forgets the links in
/// directories that lost their last name. To be called when the events or directories at hand are
/// through.
void refresh_touched_names(TreeState& state, Findings& findings);

}  // namespace treecast::watcher
