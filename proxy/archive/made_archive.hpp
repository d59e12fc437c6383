// What came of the making of an archive. Never changes; shared by threads.
#pragma once

#include "base/sha256.hpp"
#include "base/version.hpp"
#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <string>

namespace treecast::proxy {

struct MadeArchive {
    enum class Kind : std::uint8_t {
        present,
        absent,      // there is no file
        refused,     // `refused` cannot be served, for `reason`
        too_large,   // --archive-limit
        too_many,    // files
        no_room,     // --made-limit, or the machine's memory
        not_loaded,  // `refused` was not loaded in time
        restless,    // no state lasted long enough to be copied
        failed,      // see the log
    };

    Kind kind = Kind::failed;
    std::uint64_t epoch = 0;
    std::uint64_t revision = 0;     // the tree had this state then
    std::uint64_t version = 0;      // Treecast-Version: the newest change, deletions included
    std::uint64_t stale_since = 0;  // as a revision; 0: all contents are those of the files
    Sha256 digest{};                // of the state
    Sha256 hash{};                  // of the state in its coding: that of its tag
    Version kept_as{};              // the state under which MadeContents has the content
    ipc::FileId file{};
    std::string refused{};  // its path
    ipc::UnavailableReason reason = ipc::UnavailableReason::none;

    /// Whether it is so until a file changes. Otherwise the next one who asks may have more luck.
    bool lasts() const noexcept {
        return kind == Kind::present || kind == Kind::absent || kind == Kind::refused ||
               kind == Kind::too_large || kind == Kind::too_many;
    }
};

}  // namespace treecast::proxy
