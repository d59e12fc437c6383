// What no event tells: the root, and directories that could not be read or watched.
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

    /// Looks whether the configured path still names the directory that is open, and opens it anew
    /// if it names another.
    static void check_root(TreeState& state);
    /// Whether the configured path names the directory that is open as long as no event is queued
    /// and nothing is mounted: whatever it leads through is watched.
    static bool is_root_watched(const TreeState& state);
    /// Whether the root shows only what a lost mount had covered: then it counts as lost.
    static bool is_root_uncovered(TreeState& state);

    /// Queues, every few seconds, what could not be read or watched; and everything if something
    /// was mounted or unmounted below the root.
    void tend(TreeState& state, std::chrono::steady_clock::time_point now);

    /// Part of what was queued has been read: when all has, it shows how long a retry takes.
    void note_scanned(const TreeState& state, std::chrono::steady_clock::time_point now);

    /// Puts the state of things into words.
    static void update_health(TreeState& state);

private:
    std::chrono::steady_clock::time_point next_retry_{};
    std::chrono::steady_clock::time_point retry_begun_{};
    bool retry_under_way_ = false;
};

}  // namespace treecast::watcher
