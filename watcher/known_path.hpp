// Answers what the tree of directories knows of a path that is or was served: the deepest known
// directory on it, and whether it leads through a link. No I/O.
#pragma once

#include "watcher/directory_tree.hpp"
#include "watcher/link_table.hpp"

#include <string_view>
#include <vector>

namespace treecast::watcher {

struct KnownPath {
    DirectoryId directory = root_directory;  // the deepest known directory above the path
    std::string_view name;  // the component in it: the path's last, or an unknown directory
};
/// The result points into `path` and is valid until the tree changes.
KnownPath known_path(const DirectoryTree& tree, std::string_view path);

/// The real directory that holds the file's own entry; behind a link, that of its target.
DirectoryId
directory_of_file(const DirectoryTree& tree, const LinkTable& links, std::string_view path);

/// Whether `path` is a link or leads through one. The file then has no name of its own there.
bool leads_through_link(const DirectoryTree& tree, const LinkTable& links, std::string_view path);

/// The links that `path` leads through, and itself if it is one. Valid until `links` changes.
std::vector<const Link*>
links_on_the_way(const DirectoryTree& tree, const LinkTable& links, std::string_view path);

/// Whether the path leads through a link that is not served. An open of it would succeed, and show
/// a file that is served elsewhere or not at all.
bool leads_through_refused_link(
    const DirectoryTree& tree,
    const LinkTable& links,
    std::string_view path
);

}  // namespace treecast::watcher
