// What is known of a path that is served or was: the deepest directory that it leads through, and
// whether a link is on its way. PURE.
#pragma once

#include "watcher/directory_tree.hpp"
#include "watcher/link_table.hpp"

#include <string_view>

namespace treecast::watcher {

struct KnownPath {
    DirectoryId directory = root_directory;  // the deepest above the path that is known
    std::string_view name;  // the component in it: the path's last, or one that is not known
};
/// `path` outlives what is returned, which is valid until the tree changes.
KnownPath known_path(const DirectoryTree& tree, std::string_view path);

/// The real directory that has the entry of the file behind `path`.
DirectoryId
directory_of_file(const DirectoryTree& tree, const LinkTable& links, std::string_view path);

/// Whether the file has no name at `path`: a link is, or leads to, a directory above it.
bool leads_through_link(const DirectoryTree& tree, const LinkTable& links, std::string_view path);

/// Whether a link on the way is not served. An open of the path would succeed, and show what is
/// served elsewhere or not at all.
bool leads_through_refused_link(
    const DirectoryTree& tree,
    const LinkTable& links,
    std::string_view path
);

}  // namespace treecast::watcher
