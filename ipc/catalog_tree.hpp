// The writer's tree of entries: makes the entry of a path with the directories above it, and lists
// the entries below a directory. Announces nothing.
#pragma once

#include "ipc/catalog_storage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::ipc {

class CatalogTree {
public:
    /// `storage` outlive the tree.
    explicit CatalogTree(CatalogStorage& storage) : storage_(storage) {}

    /// These functions are those of CatalogWriter.
    [[nodiscard]] Result<FileId> find_or_make(std::string_view path);
    [[nodiscard]] ErrorCode set_directory(std::string_view path, bool is_directory);
    std::vector<FileId> children(std::string_view directory) const;
    std::vector<FileId> below(std::string_view directory) const;

private:
    std::optional<std::uint32_t> slot_of(std::string_view directory);
    /// Frees the directory if it has no children, then its parents likewise.
    void give_back_directories(std::uint32_t slot);

    CatalogStorage& storage_;
    std::string last_directory_;
    FileId last_directory_id_;  // an entry keeps its path for as long as it is in use
};

}  // namespace treecast::ipc
