// Resolves links and keeps the results up to date. Changed names enter; changes, and aliases for
// the directories behind links, leave. Watches every directory on the way of a link.
#pragma once

#include "watcher/structure.hpp"

#include <optional>
#include <string>

namespace treecast::watcher {

enum class FollowFor {
    listing,  // the caller lists the target
    change,   // report as changes the files that appear, vanish or are replaced
    // As `change`, even if the link leads where it led before: it may have led elsewhere between
    // two reads of events, and the receiver may have seen what was there.
    exchange,
};

/// Resolves the link at `place` now; watches each directory before it looks up a name in it.
/// Updates the tree under all names of the link's directory: adds and queues the directory behind
/// the link, and removes one that it no longer leads to. Returns the link, or nullptr if there is
/// no link (any more).
///
/// `listed` is the name under which the link's directory is being read. If the link is unchanged,
/// only this name is updated. A directory may have a hundred thousand names, and each is read.
const Link* follow_link(
    TreeState& state,
    const NamePlace& place,
    FollowFor purpose,
    Findings& findings,
    DirectoryId listed = no_directory
);

/// Removes the link at `place`, if one is known, and the aliases that it led to.
void forget_link(TreeState& state, const NamePlace& place, Findings& findings);

/// Stats the target of a link of kind `file`; nullopt if that is no regular file (any more).
std::optional<FileStat> file_behind(const TreeState& state, const Link& link);

/// Updates what is known of all names that have been touched, links and directories, and forgets
/// the links in directories that lost their last name. Call it when the events or directories at
/// hand have been processed.
void refresh_touched_names(TreeState& state, Findings& findings);

}  // namespace treecast::watcher
