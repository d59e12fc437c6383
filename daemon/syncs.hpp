// The clients that wait until everything written before is published, and their answers.
//
// A path that may never be published is not waited for; the answer names it. The daemon's thread.
#pragma once

#include "daemon/control_socket.hpp"
#include "daemon/work_list.hpp"
#include "ipc/catalog_writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

/// A path whose present state is not published, and why.
struct LeftOut {
    std::string path;  // "" is the root
    std::string reason;
    std::string detail;  // for a human reader
};

/// Causes that affect all below a path: lost directories, and no room in the catalog.
std::vector<LeftOut> left_out_as_a_whole(const watcher::Watcher& watcher, bool lacks_room);

/// The lines of an answer (see control_socket.hpp), with at most `named_max` of `left` by name.
std::string sync_answer(const std::string& cursor, std::vector<LeftOut> left);

/// Converts a path that a user typed to one relative to the root. It may be absolute below one of
/// `roots`, or relative, and may contain dots and a final slash. nullopt if it is below none of
/// them.
std::optional<std::string>
path_below(const std::vector<std::string>& roots, std::string_view typed);

/// Converts all of them. If one is below no root, answers with that one and returns nullopt.
std::optional<std::vector<std::string>> paths_below(
    const std::vector<std::string>& roots,
    const std::vector<std::string>& typed,
    const Answer& answer
);

/// The answer if nothing is forgotten at `path`.
std::string refusal_to_forget(const std::string& path, bool is_root_lost);

class Syncs {
public:
    /// Both outlive the syncs.
    Syncs(const WorkList& works, const ipc::CatalogWriter& catalog)
        : works_(works), catalog_(catalog) {}

    /// `paths`: what to wait for, each with all below it; empty: everything.
    void begin(std::vector<std::string> paths, Answer answer);
    bool any() const noexcept { return !waiters_.empty(); }
    /// All events up to now have been noted. Returns whether a sync was waiting for that.
    bool on_drained();
    /// Notes since then are part of what the syncs wait for.
    void on_more_noted();
    /// Answers the syncs that have nothing left to wait for. `lost`: the result of
    /// left_out_as_a_whole().
    void answer(const std::vector<LeftOut>& lost, Clock::time_point now);

private:
    struct Waiter {
        std::vector<std::string> paths;
        Answer answer;
        bool drained = false;  // the events that were queued at its request have been read
        std::uint64_t sequence = 0;
        /// The path that it waited for at the last check. The next check starts with it, to save a
        /// walk of all works.
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
