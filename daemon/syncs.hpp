// Those who wait until everything that was written before is published, and what they are told.
//
// What may never come to an end is not waited for: it is named. The daemon's thread.
#pragma once

#include "daemon/control_socket.hpp"
#include "daemon/work_list.hpp"
#include "ipc/catalog_writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

/// A path of which what is there now is not published, and why.
struct LeftOut {
    std::string path;  // "" is the root
    std::string reason;
    std::string detail;  // for people
};

/// What concerns all that lies below a path: lost directories, and no room in the catalog.
std::vector<LeftOut> left_out_as_a_whole(const watcher::Watcher& watcher, bool lacks_room);

/// The lines of an answer (see control_socket.hpp): at most `named_max` of those left out by name.
std::string sync_answer(const std::string& cursor, std::vector<LeftOut> left);

/// A path that somebody typed as one relative to the root: absolute below one of `roots`, or
/// relative, with a slash at its end or dots in it. nullopt if it is not below any.
std::optional<std::string>
path_below(const std::vector<std::string>& roots, std::string_view typed);

/// All of them; none if one is not below any: then `answer` has been told which.
std::optional<std::vector<std::string>> paths_below(
    const std::vector<std::string>& roots,
    const std::vector<std::string>& typed,
    const Answer& answer
);

/// Why nothing is forgotten at `path`.
std::string refusal_to_forget(const std::string& path, bool is_root_lost);

class Syncs {
public:
    /// Outlive the syncs.
    Syncs(const WorkList& works, const ipc::CatalogWriter& catalog)
        : works_(works), catalog_(catalog) {}

    /// `paths`: what is waited for, each with all below it; empty: everything.
    void ask(std::vector<std::string> paths, Answer answer);
    bool any() const noexcept { return !waiters_.empty(); }
    /// All events up to now have been noted. Whether that is news for anybody.
    bool on_drained();
    /// What was noted since is part of what they wait for.
    void on_more_noted();
    /// Answers those for whom nothing is left to wait for. `lost`: directories that cannot be read,
    /// and what else concerns all that lies below a path.
    void answer(const std::vector<LeftOut>& lost, Clock::time_point now);

private:
    struct Waiter {
        std::vector<std::string> paths;
        Answer answer;
        bool drained = false;  // the events queued at its request have been taken
        std::uint64_t sequence = 0;
        /// What was waited for when they were looked through last: that may be long.
        std::string awaited{};

        bool concerns(std::string_view path) const;
    };
    std::string answer_to(
        const Waiter& waiter,
        std::vector<LeftOut> left,
        const std::vector<LeftOut>& lost
    ) const;

    const WorkList& works_;
    const ipc::CatalogWriter& catalog_;
    std::vector<Waiter> waiters_;
};

}  // namespace treecast::daemon
