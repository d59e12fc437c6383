// A walk of a tree that finds what is to be served, by the rules of docs/decisions.md and with
// nothing of the programs under test: to compare with what they say.
//
// It stays beneath the root, follows at most 40 links from a name, goes into no directory a second
// time on one path through a link, hides what begins with a dot and what a .treecastignore names.
// Of gitignore's syntax it knows `*`, `?`, a slash at the beginning, in the middle or at the end,
// `!` and `#`.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <sys/stat.h>

namespace treecast::test {

struct WalkedFile {
    std::string real_path;  // absolute, of what a link points to
    struct stat status;
};

/// Whether such a walk comes upon more than `entries` names: links of links make trees grow beyond
/// all bounds.
bool has_more_entries(const std::string& root, std::size_t entries);

/// By path below `root`. With `hidden`, names that begin with a dot are served too.
std::map<std::string, WalkedFile> walk_served_files(const std::string& root, bool hidden = false);

}  // namespace treecast::test
