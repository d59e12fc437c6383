#include "watcher/directory_tree.hpp"

#include <algorithm>
#include <stdexcept>

namespace treecast::watcher {

DirectoryTree::DirectoryTree(WatchMap& watches, ScanQueue& scans, DirectoryHealth& health)
    : watches_(watches), scans_(scans), health_(health) {
    (void)allocate(no_directory, "");
    at(root_directory).shown = true;
}

DirectoryId DirectoryTree::child(DirectoryId parent, std::string_view name) const {
    const auto found = children_.find({parent, name});
    return found == children_.end() ? no_directory : found->second;
}

DirectoryId DirectoryTree::at_path(std::string_view path) const {
    DirectoryId id = root_directory;
    while (!path.empty() && id != no_directory) {
        const auto slash = path.find('/');
        id = child(id, path.substr(0, slash));
        path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
    }
    return id;
}

std::string DirectoryTree::path(DirectoryId id) const {
    std::size_t size = 0;
    for (DirectoryId i = id; at(i).parent != no_directory; i = at(i).parent)
        size += at(i).name.size() + 1;
    if (size == 0)
        return {};
    std::string path(--size, '/');
    for (DirectoryId i = id; at(i).parent != no_directory; i = at(i).parent) {
        const std::string& name = at(i).name;
        size -= name.size();
        std::copy(name.begin(), name.end(), path.begin() + static_cast<std::ptrdiff_t>(size));
        if (size != 0)
            --size;
    }
    return path;
}

std::vector<DirectoryId> DirectoryTree::names_of(DirectoryId real) const {
    std::vector<DirectoryId> names;
    if (at(real).shown)
        names.push_back(real);
    for (DirectoryId i = at(real).first_alias; i != no_directory; i = at(i).next_alias)
        names.push_back(i);
    return names;
}

std::vector<DirectoryId> DirectoryTree::children(DirectoryId id) const {
    std::vector<DirectoryId> all;
    for (DirectoryId i = at(id).first_child; i != no_directory; i = at(i).next_sibling)
        all.push_back(i);
    return all;
}

bool DirectoryTree::leads_through(DirectoryId id, DirectoryId real) const {
    for (DirectoryId i = id; i != no_directory; i = at(i).parent) {
        if (this->real(i) == real)
            return true;
    }
    return false;
}

DirectoryId DirectoryTree::add_real(DirectoryId parent, std::string_view name, bool shown) {
    DirectoryId id = child(parent, name);
    if (id == no_directory)
        id = allocate(parent, name);
    else if (is_alias(id))
        throw std::logic_error("a directory in the place of a link that is still known");
    at(id).shown = at(id).shown || shown;
    return id;
}

DirectoryId DirectoryTree::add_alias(DirectoryId parent, std::string_view name, DirectoryId real) {
    if (const DirectoryId known = child(parent, name); known != no_directory) {
        if (at(known).real != real)
            throw std::logic_error("a link in the place of another directory that is still known");
        return known;
    }
    const DirectoryId id = allocate(parent, name);
    at(id).shown = true;
    link_to_real(id, real);
    return id;
}

void DirectoryTree::unpin(DirectoryId real) {
    --at(real).pins;
    release_unneeded(real);
}

void DirectoryTree::remove_real(DirectoryId id) {
    // Removing an alias can release hidden directories. The pin keeps this one. The loop asks for
    // the first child each time, since a list of the children would go out of date.
    pin(id);
    while (at(id).first_child != no_directory) {
        const DirectoryId below = at(id).first_child;
        if (is_alias(below))
            remove_alias(below);
        else
            remove_real(below);
    }
    watches_.set(id, no_watch);
    health_.end_trouble(id);
    scans_.remove(id);
    unlink_from_parent(id);
    at(id).shown = false;
    at(id).dead = true;
    note_unnamed(id);
    unpin(id);
}

void DirectoryTree::remove_alias(DirectoryId id) {
    for (const DirectoryId below : children(id))
        remove_alias(below);
    const DirectoryId real = at(id).real;
    set_listed_files(id, 0);
    unlink_from_real(id);
    unlink_from_parent(id);
    recycle(id);
    note_unnamed(real);
    release_unneeded(real);
}

void DirectoryTree::hide(DirectoryId id) {
    at(id).shown = false;
    scans_.remove(id);
    pin(id);  // as in remove_real; a child that is released during the loop is not shown
    for (const DirectoryId below : children(id)) {
        if (is_alias(below))
            remove_alias(below);
        else if (at(below).shown)
            hide(below);
    }
    note_unnamed(id);
    unpin(id);
}

void DirectoryTree::set_listed_files(DirectoryId id, std::uint32_t count) {
    scans_.note_files(id, count);
    if (is_alias(id))
        alias_file_count_ = alias_file_count_ - at(id).listed_files + count;
    at(id).listed_files = count;
}

DirectoryId DirectoryTree::allocate(DirectoryId parent, std::string_view name) {
    DirectoryId id = no_directory;
    if (free_.empty()) {
        id = static_cast<DirectoryId>(directories_.size());
        directories_.emplace_back();
    } else {
        id = free_.back();
        free_.pop_back();
    }
    at(id).name = name;
    if (parent != no_directory)
        link_to_parent(id, parent);
    return id;
}

void DirectoryTree::recycle(DirectoryId id) {
    watches_.forget(id);
    health_.forget(id);
    scans_.forget(id);
    const std::uint32_t generation = at(id).generation + 1;
    at(id) = Directory{};
    at(id).generation = generation;
    free_.push_back(id);
}

void DirectoryTree::link_to_parent(DirectoryId id, DirectoryId parent) {
    Directory& directory = at(id);
    directory.parent = parent;
    directory.next_sibling = at(parent).first_child;
    if (directory.next_sibling != no_directory)
        at(directory.next_sibling).previous_sibling = id;
    at(parent).first_child = id;
    children_.emplace(ChildKey{parent, directory.name}, id);
}

void DirectoryTree::unlink_from_parent(DirectoryId id) {
    Directory& directory = at(id);
    children_.erase({directory.parent, directory.name});
    if (directory.previous_sibling != no_directory)
        at(directory.previous_sibling).next_sibling = directory.next_sibling;
    else
        at(directory.parent).first_child = directory.next_sibling;
    if (directory.next_sibling != no_directory)
        at(directory.next_sibling).previous_sibling = directory.previous_sibling;
    directory.parent = no_directory;
    directory.next_sibling = no_directory;
    directory.previous_sibling = no_directory;
}

void DirectoryTree::link_to_real(DirectoryId alias, DirectoryId real) {
    Directory& directory = at(alias);
    directory.real = real;
    directory.next_alias = at(real).first_alias;
    if (directory.next_alias != no_directory)
        at(directory.next_alias).previous_alias = alias;
    at(real).first_alias = alias;
    ++alias_count_;
}

void DirectoryTree::unlink_from_real(DirectoryId alias) {
    const Directory& directory = at(alias);
    if (directory.previous_alias != no_directory)
        at(directory.previous_alias).next_alias = directory.next_alias;
    else
        at(directory.real).first_alias = directory.next_alias;
    if (directory.next_alias != no_directory)
        at(directory.next_alias).previous_alias = directory.previous_alias;
    --alias_count_;
}

void DirectoryTree::release_unneeded(DirectoryId real) {
    while (real != root_directory && real != no_directory) {
        const Directory& directory = at(real);
        if (directory.shown || directory.pins != 0 || directory.first_alias != no_directory ||
            directory.first_child != no_directory)
            return;
        const DirectoryId above = directory.parent;
        if (above != no_directory)
            unlink_from_parent(real);
        recycle(real);
        real = above;
    }
}

void DirectoryTree::note_unnamed(DirectoryId real) {
    const Directory& directory = at(real);
    if (!directory.shown && directory.first_alias == no_directory && directory.pins != 0)
        unnamed_.push_back(real);
}

}  // namespace treecast::watcher
