// Periodic checks for what has no events: the root, mounts, and what could not be read or watched.
#pragma once

#include "watcher/events.hpp"

#include <chrono>

namespace treecast::watcher {

/// Queues for a scan the directories that could not be read or have no watch, and files without
/// one.
void queue_troubled(TreeState& state);

class Tending {
public:
    explicit Tending(TreeState& state);

    /// Checks that the configured path still names the open directory. If it names another one,
    /// opens that; if it cannot, marks the root as lost.
    static void check_root(TreeState& state);
    /// Whether all that the configured path leads through is watched. Then the path still names the
    /// open directory as long as no event is queued and no mount changes.
    static bool is_root_watched(const TreeState& state);
    /// Whether the root shows only what a lost mount had covered: then it counts as lost.
    static bool is_root_uncovered(TreeState& state);

    /// Checks the root and the mounts. Queues what could not be read or watched, with a back-off:
    /// retries take about a tenth of the time.
    void tend(TreeState& state, std::chrono::steady_clock::time_point now);

    /// Ends the retry once its queue is empty, and sets the next one by how long it took.
    void note_scanned(const TreeState& state, std::chrono::steady_clock::time_point now);

    /// Updates state.report.
    static void update_health(TreeState& state);

private:
    std::chrono::steady_clock::time_point next_retry_{};
    std::chrono::steady_clock::time_point retry_begun_{};
    bool retry_under_way_ = false;
};

}  // namespace treecast::watcher
