#include "watcher/tending.hpp"

#include "base/log.hpp"
#include "base/units.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/scan.hpp"
#include "watcher/watch_budget.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace treecast::watcher {

namespace {

constexpr std::chrono::seconds retry_interval(2);
constexpr int retry_share = 10;  // polling takes at most a tenth of the time

std::string describe_degradation(const TreeState& state) {
    const DirectoryTree& tree = state.tree;
    if (!state.root_trouble.empty())
        return "the root " + state.root.configured_path() + " is lost: " + state.root_trouble +
               "; what was published stays";
    std::string words = describe_lost_mounts(state);
    if (!state.health.lost().empty()) {
        const DirectoryId first = *state.health.lost().begin();
        words += (words.empty() ? "" : "; ") +
                 counted(state.health.lost().size(), "directory", "directories") +
                 " cannot be read any more (/" + tree.path(first) + ": " +
                 describe_loss(system_error(state.health.error(first))) +
                 "); what was published stays";
    }
    if (const std::string unwatched = describe_unwatched(state); !unwatched.empty())
        words += (words.empty() ? "" : "; ") + unwatched;
    return words;
}

}  // namespace

void queue_troubled(TreeState& state) {
    queue_unwatched_files(state);
    DirectoryTree& tree = state.tree;
    for (const DirectoryId real : state.health.troubled()) {
        // Deep only after an error: the directories below an unwatched one have their own watches.
        for (const DirectoryId name : tree.names_of(real))
            state.scans.add(name, state.health.error(real) != 0);
        // A scan of the directory that holds a link resolves the link again.
        for (const NamePlace& link : state.links.dependents_in(real)) {
            for (const DirectoryId name : tree.names_of(link.directory))
                state.scans.add(name, false);
        }
    }
}

Tending::Tending(TreeState& state) {
    watch_root_path(state);
    state.root_in_doubt = true;
}

bool Tending::is_root_watched(const TreeState& state) {
    return !state.root_in_doubt && !state.mounts.in_doubt && !state.mounts.root_is_other &&
           state.path_watches.reports_all() && state.watches.of(root_directory) != no_watch;
}

bool Tending::is_root_uncovered(TreeState& state) {
    (void)refresh_mounts(state);
    if (!state.mounts.known.any_lost())
        return false;
    const auto path = state.root.leads_to();
    if (path.has_error() || !state.mounts.known.is_lost(*path))
        return false;
    state.root_is_empty = false;
    state.root_trouble = *path +
                         " shows only what its mount had covered, which is gone; mount it "
                         "again, or say 'treecast forget /' if it is meant";
    return true;
}

void Tending::check_root(TreeState& state) {
    state.root_in_doubt = false;
    watch_root_path(state);  // before the check, so that no later change is missed
    if (is_root_uncovered(state))
        return;
    MountState& mounts = state.mounts;
    const bool was_lost = !state.root_trouble.empty();
    // A root without a device has not been scanned yet. The scan will watch it.
    const bool is_watched =
        state.watches.of(root_directory) != no_watch || state.health.device(root_directory) == 0;
    if (!was_lost && !mounts.root_is_other && state.root.is_alive() && is_watched)
        return;
    const std::string old_path = state.root.real_path();
    const auto reopened = state.root.reopen(std::exchange(state.root_may_be_empty, false));
    if (reopened.has_error()) {
        state.root_is_empty = reopened.error().value() == ENODATA;
        const std::string why = state.root_is_empty ? "it is empty" : reopened.error().message();
        if (state.root_trouble != why)
            log::warn("root {} is lost: {}", state.root.configured_path(), why);
        state.root_trouble = why;
        return;
    }
    log::info(
        "root {} is {} now: the tree is read again",
        state.root.configured_path(),
        state.root.real_path()
    );
    state.root_trouble.clear();
    state.root_is_empty = false;
    state.root_exchanged = true;
    state.health.set_device(root_directory, 0);
    forget_devices_below(state, root_directory);
    follow_root(state, old_path);
    queue_whole_tree(state);
}

void Tending::tend(TreeState& state, std::chrono::steady_clock::time_point now) {
    state.mounts.in_doubt = state.mounts.in_doubt || state.mounts.known.any_lost();
    check_root(state);
    note_scanned(state, now);
    const bool has_trouble =
        state.health.has_trouble() || state.file_watches.unwatched_count() != 0;
    if (retry_under_way_ || !has_trouble || now < next_retry_)
        return;
    retry_under_way_ = true;
    retry_begun_ = now;
    queue_troubled(state);
}

void Tending::note_scanned(const TreeState& state, std::chrono::steady_clock::time_point now) {
    if (!retry_under_way_ || state.has_due() || !state.due_files.empty())
        return;
    retry_under_way_ = false;
    next_retry_ = now + std::max<std::chrono::steady_clock::duration>(
                            retry_interval,
                            retry_share * (now - retry_begun_)
                        );
}

void Tending::update_health(TreeState& state) {
    WatcherHealth& health = state.report;
    health.watches = state.watches.count() + state.file_watches.count();
    health.unwatched_directories = state.health.unwatched_count();
    health.unwatched_files = state.file_watches.unwatched_count();
    std::string words = describe_degradation(state);
    state.watch_limit_met = state.watch_limit_met && state.health.unwatched_count() != 0;
    health.degraded = std::move(words);
}

}  // namespace treecast::watcher
