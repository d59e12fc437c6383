// Walks a tree and finds the files that have to be served, by the rules of docs/decisions.md. It
// uses no code of the programs under test, so that tests can compare it with them.
//
// It stays beneath the root, follows at most 40 links from a name, and enters no directory twice on
// one path through a link. It hides names that begin with a dot or match a .treecastignore. Of
// gitignore's syntax it supports `*`, `?`, a slash at the beginning, in the middle or at the end,
// `!` and `#`.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <sys/stat.h>

namespace treecast::test {

struct WalkedFile {
    std::string real_path;  // absolute; for a link, the path of its target
    struct stat status;
};

/// Whether such a walk finds more than `entries` names: links to links can make a tree grow without
/// limit.
bool has_more_entries(const std::string& root, std::size_t entries);

/// The served files by path below `root`. With `hidden`, names that begin with a dot are served
/// too.
std::map<std::string, WalkedFile> walk_served_files(const std::string& root, bool hidden = false);

}  // namespace treecast::test
