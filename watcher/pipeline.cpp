#include "watcher/pipeline.hpp"

#include "watcher/link_keeper.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/watch_budget.hpp"

#include <algorithm>
#include <utility>

namespace treecast::watcher {

namespace {

constexpr std::size_t retired_at_once = 1000;
constexpr std::size_t files_at_once = 256;
constexpr std::size_t event_bytes = 32;  // the size of an event with a short name
/// Beyond this the events stay in the kernel's queue. If that overflows, the tree is scanned.
constexpr std::size_t waiting_bytes_max = std::size_t{64} * 1024 * 1024;

std::vector<DirectoryId> place_of_watch(const TreeState& state, WatchDescriptor watch) {
    std::vector<DirectoryId> place;
    const auto directories = state.watches.directories_of(watch);
    DirectoryId id = directories.empty() ? no_directory : directories.front();
    for (; id != no_directory; id = state.tree.parent(id))
        place.push_back(id);
    return place;
}

}  // namespace

Pipeline::Pipeline(TreeRoot& root, const WatcherOptions& options)
    : events_at_once_(options.events_at_once),
      state_(root, options),
      scanner_(options.entries_at_once),
      tending_(state_) {
    queue_whole_tree(state_);
    state_.mounts.known.keep_around(root.real_path());
    // A root that is lost from the start is not scanned.
    (void)Tending::is_root_uncovered(state_);
    state_.mounts.root_is_other = false;
}

Batch Pipeline::read(bool& drained, std::size_t events_max) {
    Findings findings;
    WaitingEvents& waiting = state_.waiting;
    const auto bytes = state_.inotify.read(drained);
    if (waiting.empty() && drained && bytes.size() <= events_at_once_ * event_bytes) {
        apply_events(state_, bytes, findings);
    } else {
        const auto place_of = [this](WatchDescriptor watch) {
            return place_of_watch(state_, watch);
        };
        waiting.add(bytes, place_of);
        while (!drained && waiting.bytes() < waiting_bytes_max)
            waiting.add(state_.inotify.read(drained), place_of);
        process_waiting(std::min(events_max, events_at_once_), findings);
    }
    state_.events_left = !drained;
    drained = drained && waiting.empty();
    // The state now matches the last processed event. Links are resolved from it.
    refresh_touched_names(state_, findings);
    return finish(std::move(findings));
}

/// read() empties the kernel's queue at once, since it is short. This function processes a few of
/// these events at a time, in fair shares, so that a new event has few before it.
void Pipeline::process_waiting(std::size_t events_max, Findings& findings) {
    const std::size_t end = state_.waiting.taken() + events_max;
    while (!state_.waiting.empty() && state_.waiting.taken() < end)
        apply_events(
            state_,
            state_.waiting.take([this](WatchDescriptor watch) {
                return judge(watch);
            }),
            findings
        );
}

/// Keeps the events of a retired watch during a scan. Its directory may have been moved, and its
/// new place not be found yet. The events then concern files there.
WaitingEvents::Verdict Pipeline::judge(WatchDescriptor watch) const {
    const bool is_in_use = watch == no_watch || state_.watches.has(watch) ||
                           state_.path_watches.contains(watch) ||
                           state_.file_watches.paths_of(watch) != nullptr ||
                           state_.mounted_files.paths_of(watch) != nullptr;
    if (is_in_use)
        return WaitingEvents::Verdict::take;
    return scanning() && state_.watches.has_retired() ? WaitingEvents::Verdict::keep
                                                      : WaitingEvents::Verdict::drop;
}

bool Pipeline::scanning() const noexcept {
    return state_.root_trouble.empty() &&
           (state_.has_due() || state_.watches.has_retired() || !state_.due_files.empty());
}

Batch Pipeline::scan(std::size_t directories_max) {
    Findings findings;
    scanner_.begin_turn();
    if (scanner_.reading())
        scanner_.resume(state_, findings);
    for (std::size_t count = 0; count < directories_max && scanning(); ++count) {
        if (scanner_.is_turn_over())
            break;
        const auto due = state_.scans.take();
        if (!due)
            break;
        scanner_.read_directory(state_, *due, findings);
    }
    refresh_touched_names(state_, findings);
    for (std::size_t count = 0; count < files_at_once && !state_.has_due(); ++count) {
        if (!poll_due_file(state_, findings))
            break;
    }
    if (refresh_mounts(state_))
        requeue(findings.listings);
    tending_.note_scanned(state_, std::chrono::steady_clock::now());
    // Last, so that a moved directory keeps its watch at its new place.
    for (std::size_t count = 0; count < retired_at_once && !state_.has_due(); ++count) {
        const auto retired = state_.watches.take_retired();
        if (!retired)
            break;
        if (!state_.path_watches.contains(*retired))
            state_.inotify.remove(*retired);
    }
    return finish(std::move(findings));
}

void Pipeline::tend(std::chrono::steady_clock::time_point now) {
    tending_.tend(state_, now);
}

/// Queues the directories again, because of a mount or unmount while they were read.
void Pipeline::requeue(std::vector<Listing>& listings) {
    for (const Listing& listing : listings)
        if (const DirectoryId id = state_.tree.at_path(listing.directory); id != no_directory)
            state_.scans.add(id, true);
    listings.clear();
    scanner_.requeue(state_);
}

Batch Pipeline::finish(Findings&& findings) {
    if (state_.mounts.in_doubt && refresh_mounts(state_))
        scanner_.requeue(state_);
    if (state_.root_in_doubt)
        Tending::check_root(state_);
    if (std::exchange(state_.root_exchanged, false))
        findings.exchanged.emplace_back();
    auto doubtful = take_doubtful(state_, findings);
    return {
        .listings = std::move(findings.listings),
        .changes = findings.changes.take(),
        .gone_directories = std::move(findings.gone_directories),
        .exchanged = std::move(findings.exchanged),
        .doubtful = std::move(doubtful),
    };
}

}  // namespace treecast::watcher
