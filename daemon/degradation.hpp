// Why the daemon cannot vouch for the whole tree: what the catalog says of it, and whether files
// were left out for lack of room in the catalog, for as long as the tree is read again because of
// that. Pure; time is passed in.
#pragma once

#include "daemon/back_off.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::daemon {

/// Whether all files found room in the catalog.
class CatalogRoom {
public:
    static constexpr std::chrono::seconds pause{2};

    /// How many files were refused since the tree was last begun to be read for them.
    void note_refused(std::uint64_t files) noexcept { is_lacking_ = is_lacking_ || files != 0; }
    bool is_lacking() const noexcept { return is_lacking_; }

    enum class Step { none, read_again, found_room };
    /// To be asked now and then, while no directory is being read. On read_again the caller counts
    /// refused files anew, and reads the whole tree.
    Step next(std::uint64_t refused, Clock::time_point now);

private:
    bool is_lacking_ = false;
    std::optional<Clock::time_point> read_again_at_;  // none: not read again yet
};

/// The text of the catalog's header.
class Degradation {
public:
    /// All that is published has been compared with the tree. That stays so.
    bool is_compared() const noexcept { return is_compared_; }
    void set_compared() noexcept { is_compared_ = true; }

    /// What the watcher says, and whether the catalog lacks room. Returns the text if the catalog
    /// is to say it now. Until all is compared, an adopted catalog says by itself that nobody
    /// vouches for it.
    std::optional<std::string> update(std::string words, bool lacks_room, bool is_adopted);

    static constexpr const char* no_room_words =
        "the catalog finds no room in shared memory for all files";

private:
    void log_change(const std::string& words) const;

    bool is_compared_ = false;
    bool was_compared_ = false;  // at the last update
    std::string words_;
};

}  // namespace treecast::daemon
