// The signs noted for a path, and which of the notes no look has answered yet. Pure.
//
// A note that arrives during a look or load is answered by the next look, since the present one may
// have read an older state.
#pragma once

#include "watcher/watcher.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

class Notes {
public:
    /// `sequence` is the note's number (WorkList::sequence).
    void add(const watcher::Signs& signs, std::uint64_t sequence, bool is_look_under_way);
    /// The file lost another name while a writer may have it open.
    void add_created() { signs_.created = true; }

    /// All signs since the path's work was made, merged. end_look() keeps them.
    const watcher::Signs& signs() const noexcept { return signs_; }
    /// The number of the oldest note.
    std::uint64_t oldest() const noexcept { return oldest_.value_or(0); }

    /// A look begins: later notes are not answered by it.
    void begin_look() noexcept { later_.reset(); }
    /// The signs noted during the look; none: there were none.
    std::optional<watcher::Signs> later_signs() const;
    /// The look has ended: only the notes that arrived during it still need an answer.
    void end_look() noexcept;

private:
    struct Later {
        watcher::Signs signs;
        std::uint64_t oldest = 0;
    };
    watcher::Signs signs_;
    std::optional<std::uint64_t> oldest_;
    std::optional<Later> later_;  // also merged into `signs_`
};

}  // namespace treecast::daemon
