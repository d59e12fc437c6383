#include "ipc/catalog_tree.hpp"

#include "base/tree_path.hpp"

#include <algorithm>

namespace treecast::ipc {

/// Caches the last directory, since successive files are mostly in the same one.
std::optional<std::uint32_t> CatalogTree::slot_of(std::string_view directory) {
    if (last_directory_ != directory || !storage_.entries.in_use(last_directory_id_)) {
        const auto slot = storage_.slot_of(directory);
        if (!slot || *slot == root_slot)
            return slot;
        last_directory_ = directory;
        last_directory_id_ = storage_.entries.file_id(*slot);
    }
    return last_directory_id_.slot();
}

Result<FileId> CatalogTree::find_or_make(std::string_view path) {
    const PathHash hash = storage_.lookup.hash_of(path);
    if (const auto found = storage_.lookup.find(path, hash))
        return found->file;
    if (!is_valid_path(path))
        return Errc::invalid_path;

    // Makes the entries downwards from the deepest directory that exists.
    std::string_view known = parent_of(path);
    std::optional<std::uint32_t> parent;
    while (!(parent = slot_of(known)))
        known = parent_of(known);
    if (*parent != root_slot)
        storage_.set_directory(*parent, true);
    for (;;) {
        const std::size_t begin = known.empty() ? 0 : known.size() + 1;
        const std::size_t end = std::min(path.find('/', begin), path.size());
        known = path.substr(0, end);
        const bool is_leaf = end == path.size();
        const auto made =
            storage_
                .make(known, is_leaf ? hash : storage_.lookup.hash_of(known), *parent, !is_leaf);
        if (!made) {
            give_back_directories(*parent);
            return made.error();
        }
        if (is_leaf)
            return storage_.entries.file_id(*made);
        parent = *made;
    }
}

void CatalogTree::give_back_directories(std::uint32_t slot) {
    while (slot != root_slot && storage_.entries.first_child(slot) == 0) {
        const std::uint32_t parent = storage_.entries.parent(slot);
        storage_.set_directory(slot, false);
        storage_.free_if_idle(slot);
        slot = parent;
    }
}

std::vector<FileId> CatalogTree::children(std::string_view directory) const {
    const CatalogEntries& entries = storage_.entries;
    std::vector<FileId> children;
    if (const auto parent = storage_.slot_of(directory))
        for (auto slot = entries.first_child(*parent); slot != 0; slot = entries.next_sibling(slot))
            children.push_back(entries.file_id(slot));
    return children;
}

std::vector<FileId> CatalogTree::below(std::string_view directory) const {
    const CatalogEntries& entries = storage_.entries;
    std::vector<FileId> below;
    const auto top = storage_.slot_of(directory);
    if (!top)
        return below;
    std::vector<std::uint32_t> open{*top};
    while (!open.empty()) {
        const std::uint32_t parent = open.back();
        open.pop_back();
        for (auto slot = entries.first_child(parent); slot != 0;
             slot = entries.next_sibling(slot)) {
            below.push_back(entries.file_id(slot));
            if (entries.first_child(slot) != 0)
                open.push_back(slot);
        }
    }
    return below;
}

ErrorCode CatalogTree::set_directory(std::string_view path, bool is_directory) {
    if (path.empty())
        return {};
    if (is_directory) {
        const auto file = find_or_make(path);
        if (!file)
            return file.error();
        storage_.set_directory(file->slot(), true);
    } else if (const auto found = storage_.lookup.find(path)) {
        storage_.set_directory(found->file.slot(), false);
        storage_.free_if_idle(found->file.slot());
    }
    return {};
}

}  // namespace treecast::ipc
