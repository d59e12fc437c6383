// The files that an archive is of, as the catalog's records show them one after the other: which
// are in it, which of their contents are still to be copied, and when that is a state that the tree
// had. Pure.
#pragma once

#include "base/sha256.hpp"
#include "ipc/catalog_record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

/// Where a content was copied to.
struct CopiedContent {
    std::uint64_t offset = 0;
    std::uint64_t room = 0;              // its size, or that of an earlier and longer content
    std::uint64_t content_revision = 0;  // 0: nothing was copied
};

struct ArchivedFile {
    std::string path;  // in the tree
    ipc::Record record;
    CopiedContent copy{};

    bool is_copied() const noexcept { return copy.content_revision == record.content_revision; }
};

/// A file that stands in the way of the whole archive.
struct RefusedFile {
    ipc::FileId file;
    std::string path;
    ipc::UnavailableReason reason = ipc::UnavailableReason::none;
};

class ArchivedFiles {
public:
    /// Applies what the catalog has for a file now; nullopt: nothing. Private files are left out.
    void apply(ipc::FileId file, const std::optional<ipc::Record>& record, std::string_view path);
    void mark_copied(ipc::FileId file, CopiedContent copy);

    /// Whether it is in the archive or stands in its way.
    bool contains(ipc::FileId file) const;
    /// All for which contains() holds.
    std::vector<ipc::FileId> ids() const;
    const ArchivedFile* find(ipc::FileId file) const;
    std::size_t size() const noexcept { return files_.size(); }
    /// Of all contents.
    std::uint64_t bytes() const noexcept { return bytes_; }
    /// The newest change of all that was applied, deletions included.
    std::uint64_t seen() const noexcept { return seen_; }
    /// Since when a content is served that is not that of the file, as a revision; 0: none is.
    std::uint64_t stale_since() const noexcept;
    /// The first one in the order of paths.
    std::optional<RefusedFile> refused() const;
    /// The files whose present contents are not copied.
    const std::set<std::uint64_t>& uncopied() const noexcept { return uncopied_; }
    /// Whether the hashes of all are known.
    bool are_hashed() const;
    /// The digest of the state (see feed/state_digest.hpp) of what gets into the archive: only the
    /// permissions count of a mode. All hashes must be known.
    Sha256 digest() const;
    /// In the order of their paths' bytes.
    std::vector<const ArchivedFile*> sorted() const;

private:
    void remove(ipc::FileId file);

    std::unordered_map<std::uint64_t, ArchivedFile> files_;  // by id
    std::set<std::uint64_t> uncopied_;
    std::map<std::uint64_t, RefusedFile> refused_;
    std::uint64_t bytes_ = 0;
    std::uint64_t seen_ = 0;
};

}  // namespace treecast::proxy
