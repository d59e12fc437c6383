#include "watcher/known_path.hpp"

#include <string>

namespace treecast::watcher {

KnownPath known_path(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    KnownPath known;
    while (true) {
        const auto slash = path.find('/');
        known.name = path.substr(0, slash);
        if (slash == path.npos)
            break;
        const DirectoryId child = tree.child(known.directory, known.name);
        if (child == no_directory)
            break;
        known.directory = child;
        path = path.substr(slash + 1);
    }
    if (!links.empty())
        known.link =
            links.find({.directory = tree.real(known.directory), .name = std::string(known.name)});
    return known;
}

DirectoryId
directory_of_file(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    const KnownPath known = known_path(tree, links, path);
    return known.link != nullptr && known.link->kind == LinkKind::file
               ? known.link->dependencies.back().directory
               : tree.real(known.directory);
}

bool leads_through_link(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    const KnownPath known = known_path(tree, links, path);
    return tree.is_alias(known.directory) || known.link != nullptr;
}

bool leads_through_refused_link(
    const DirectoryTree& tree,
    const LinkTable& links,
    std::string_view path
) {
    const KnownPath known = known_path(tree, links, path);
    if (known.link == nullptr)
        return false;
    return known.link->kind == LinkKind::refused ||
           (known.link->kind == LinkKind::directory &&
            tree.leads_through(known.directory, known.link->target));
}

}  // namespace treecast::watcher
