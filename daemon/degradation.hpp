// Why the daemon cannot vouch for the whole tree: the text in the catalog's header, and whether the
// catalog has room for all files. Pure; time is passed in.
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

    /// `files`: how many found no room since the last rescan for them began.
    void note_refused(std::uint64_t files) noexcept { is_lacking_ = is_lacking_ || files != 0; }
    bool is_lacking() const noexcept { return is_lacking_; }

    enum class Step { none, read_again, found_room };
    /// Called periodically while no directory is being read. On read_again the caller resets its
    /// count of refused files and rescans the tree.
    Step next(std::uint64_t refused, Clock::time_point now);

private:
    bool is_lacking_ = false;
    std::optional<Clock::time_point> read_again_at_;  // none: not read again yet
};

/// The text of the catalog's header.
class Degradation {
public:
    /// Everything published has been compared with the tree. This stays true.
    bool is_compared() const noexcept { return is_compared_; }
    void set_compared() noexcept { is_compared_ = true; }

    /// `words` is the watcher's text. Returns the text if the catalog's must change. Until all is
    /// compared, an adopted catalog already says that nobody vouches for it.
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
