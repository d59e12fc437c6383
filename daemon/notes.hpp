// What was signalled of a path and no look has answered yet. Pure.
//
// A note that comes while a look or a load is under way is answered by the next look: what the
// present one has seen may be older.
#pragma once

#include "watcher/watcher.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

class Notes {
public:
    /// `sequence` is the note's number (WorkList::sequence).
    void add(const watcher::Signs& signs, std::uint64_t sequence, bool is_look_under_way);
    /// The file came to have a name while its writer was in it.
    void add_created() { signs_.created = true; }

    /// All signs since the last look that came to an end.
    const watcher::Signs& signs() const noexcept { return signs_; }
    /// The number of the oldest note.
    std::uint64_t oldest() const noexcept { return oldest_.value_or(0); }

    /// What comes from here on is not answered by the look that begins now.
    void begin_look() noexcept { later_.reset(); }
    /// What came while the look was under way; none: nothing did.
    std::optional<watcher::Signs> later_signs() const;
    /// The look has ended: only what came meanwhile is left to be answered.
    void end_look() noexcept;

private:
    struct Later {
        watcher::Signs signs;
        std::uint64_t oldest = 0;
    };
    watcher::Signs signs_;
    std::optional<std::uint64_t> oldest_;
    std::optional<Later> later_;  // in `signs_`, too
};

}  // namespace treecast::daemon
