// Lookups in a mapped catalog. They trust none of its bytes. Readers use them on their mapping, and
// the writer on its own.
//
// Every word is loaded once into a local. Every page number is checked against the header's
// capacity, and the capacity against the object's length from the kernel. What fails a check reads
// as absent. Any number of threads may call them.
#pragma once

#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_mapping.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::ipc {

/// An entry as it was at one moment.
struct Entry {
    FileId file;
    Record record;
    bool is_directory = false;
};

class CatalogLookup {
public:
    explicit CatalogLookup(std::shared_ptr<const CatalogMapping> mapping);

    const CatalogMapping& mapping() const noexcept { return *mapping_; }
    const std::shared_ptr<const CatalogMapping>& shared_mapping() const noexcept {
        return mapping_;
    }
    std::uint64_t header(HeaderWord word) const noexcept {
        return words_[static_cast<std::uint32_t>(word)].load(std::memory_order_acquire);
    }
    CatalogHeader header() const;

    /// How many bytes of the object may be read.
    std::uint64_t readable_bytes() const noexcept;
    /// `count` words from the beginning of a page, or nullptr if they are not all in the object.
    const Word* region(std::uint64_t page, std::uint64_t count) const noexcept;
    /// The number of slots, used or not.
    std::uint32_t slots() const noexcept;
    /// The words of a slot; nullptr if there is no such slot.
    const Word* slot(std::uint32_t slot) const noexcept;

    std::optional<Entry> find(std::string_view path) const noexcept;
    /// The same, for a caller that has the hash.
    std::optional<Entry> find(std::string_view path, PathHash hash) const noexcept;
    PathHash hash_of(std::string_view path) const noexcept;
    /// The entry in a slot, whatever its generation; nullopt for a free slot and the root.
    std::optional<Entry> entry(std::uint32_t slot) const noexcept;
    std::optional<Entry> read(FileId file) const noexcept;
    /// The same, and appends the entry's name to `path`.
    std::optional<Entry> read(FileId file, std::string& path) const;
    std::optional<std::string> path(FileId file) const;
    /// See CatalogReader::changes_since.
    bool changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const;
    /// See CatalogReader::middle_of_log.
    std::uint64_t middle_of_log() const noexcept;

private:
    std::optional<Entry> probe(RegionDescriptor index, PathHash hash, std::string_view path)
        const noexcept;
    std::optional<Entry> entry_if(std::uint32_t slot, std::string_view path) const noexcept;
    bool has_path(std::uint32_t slot, std::string_view path) const noexcept;
    bool has_name(const Word* words, std::string_view name) const noexcept;
    bool append_name(const Word* words, std::string& text) const;
    bool prepend_name(const Word* words, std::string& path) const;

    std::shared_ptr<const CatalogMapping> mapping_;
    const Word* words_;
    mutable std::atomic<std::uint64_t> object_bytes_{0};  // from the last fstat
};

}  // namespace treecast::ipc
