#include "watcher/known_path.hpp"

#include <string>

namespace treecast::watcher {

KnownPath known_path(const DirectoryTree& tree, std::string_view path) {
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
    return known;
}

namespace {

const Link* link_at(const DirectoryTree& tree, const LinkTable& links, const KnownPath& known) {
    if (links.empty())
        return nullptr;
    return links.find({.directory = tree.real(known.directory), .name = std::string(known.name)});
}

}  // namespace

DirectoryId
directory_of_file(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    const KnownPath known = known_path(tree, path);
    const Link* const link = link_at(tree, links, known);
    return link != nullptr && link->kind == LinkKind::file ? link->dependencies.back().directory
                                                           : tree.real(known.directory);
}

std::vector<const Link*>
links_on_the_way(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    std::vector<const Link*> found;
    KnownPath known = known_path(tree, path);
    const Link* link = link_at(tree, links, known);
    while (true) {
        if (link != nullptr)
            found.push_back(link);
        if (known.directory == root_directory)
            return found;
        const DirectoryId above = tree.parent(known.directory);
        const std::string& name = tree.name(known.directory);
        link = tree.is_alias(known.directory) ? link_at(tree, links, {above, name}) : nullptr;
        known.directory = above;
    }
}

bool leads_through_link(const DirectoryTree& tree, const LinkTable& links, std::string_view path) {
    const KnownPath known = known_path(tree, path);
    const Link* const link = link_at(tree, links, known);
    return tree.is_alias(known.directory) || link != nullptr;
}

bool leads_through_refused_link(
    const DirectoryTree& tree,
    const LinkTable& links,
    std::string_view path
) {
    const KnownPath known = known_path(tree, path);
    const Link* const link = link_at(tree, links, known);
    if (link == nullptr)
        return false;
    return link->kind == LinkKind::refused ||
           (link->kind == LinkKind::directory && tree.leads_through(known.directory, link->target));
}

}  // namespace treecast::watcher
