// Copies the contents of all files below a prefix until they are a state that the tree had at one
// revision. One thread at a time: the maker's.
//
// Why it is one state: the log is read up to the header's revision, each file that it names is read
// again, and so is what was copied of it. When nothing is left to be copied, and no record that was
// read shows a later change than that revision, then every record is as it was at that revision: a
// later change would show in the record, an earlier one in the log.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/archive/archived_files.hpp"
#include "proxy/archive/content_arena.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace treecast::proxy {

struct ArchiveLimits {
    static constexpr std::size_t files_max = 100'000;
    std::uint64_t bytes_max = 0;  // of contents
};

class ArchiveCopy {
public:
    enum class Outcome : std::uint8_t {
        settled,     // all is copied
        unchanged,   // it has the digest that was known; not all is copied
        restless,    // it changes, or a publication is under way: try again soon
        wants,       // the contents of missing() have to be loaded
        refused,     // files().refused() stands in the way
        too_large,   // more bytes than the limit
        too_many,    // more files than the limit
        no_room,     // --made-limit, or the kernel's memory
        unreadable,  // a segment is damaged
        stopped,
    };

    /// `known`: the digest of a state whose archive is kept.
    ArchiveCopy(
        ipc::CatalogReader catalog,
        ipc::ObjectDirectory directory,
        std::string prefix,
        ArchiveLimits limits,
        std::optional<Sha256> known,
        MadeContents& contents
    );

    /// Goes on where it stopped.
    Outcome advance(const std::stop_token& stop);

    const std::string& prefix() const noexcept { return prefix_; }
    std::uint64_t epoch() const noexcept { return catalog_.epoch(); }
    /// Some of the files whose contents are to be loaded.
    const std::vector<ipc::FileId>& missing() const noexcept { return missing_; }
    /// Whether at some time all was copied, so that changes alone stand in the way.
    bool was_complete() const noexcept { return was_complete_; }
    const ArchivedFiles& files() const noexcept { return files_; }
    ContentArena& arena() noexcept { return arena_; }
    /// Once it is settled or unchanged: the tree had this state then.
    std::uint64_t revision() const noexcept { return known_until_; }
    /// The newest change below the prefix; a deletion that the catalog has forgotten counts as if
    /// it were one below it. 0: nothing is known to have been there.
    std::uint64_t newest_change() const noexcept { return newest_change_; }

private:
    bool walk();
    bool follow_log();
    void read_again(ipc::FileId file);
    bool is_settled() const noexcept { return files_.seen() <= known_until_; }
    std::optional<Outcome> look();
    std::optional<Outcome> copy_contents(const std::stop_token& stop);
    std::optional<Outcome> copy_content(ipc::FileId file);
    Outcome end(Outcome outcome);

    const ipc::CatalogReader catalog_;
    const ipc::ObjectDirectory directory_;
    const std::string prefix_;
    const ArchiveLimits limits_;
    const std::optional<Sha256> known_;
    ArchivedFiles files_;
    ContentArena arena_;
    std::vector<ipc::FileId> missing_;
    bool is_walked_ = false;
    bool was_complete_ = false;
    std::uint64_t known_until_ = 0;  // each change up to here was applied
    std::uint64_t newest_change_ = 0;
};

}  // namespace treecast::proxy
