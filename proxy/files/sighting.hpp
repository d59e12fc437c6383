// The result of one look at the catalog for a path. One thread.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/files/poll_decision.hpp"

#include <optional>
#include <string_view>

namespace treecast::proxy {

struct Sighting {
    FileSight sight;
    std::optional<ipc::FileId> file;

    bool is_present() const noexcept {
        return sight.record && sight.record->state == ipc::FileState::present;
    }
    /// Of the content; nullopt unless the file is present.
    std::optional<Version> version() const noexcept {
        if (!is_present())
            return std::nullopt;
        return Version{sight.epoch, sight.record->content_revision};
    }
};

/// Reads the fields in the order that decide() relies on. Without a catalog the result is the same
/// as before the first scan.
Sighting look(const ipc::CatalogReader* catalog, std::string_view path);

}  // namespace treecast::proxy
