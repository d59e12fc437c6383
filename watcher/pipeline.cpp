#include "watcher/pipeline.hpp"

#include "watcher/link_keeper.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/watch_budget.hpp"

#include <utility>

namespace treecast::watcher {

namespace {

constexpr std::size_t retired_at_once = 1000;
constexpr std::size_t files_at_once = 256;

}  // namespace

Pipeline::Pipeline(TreeRoot& root, const WatcherOptions& options)
    : state_(root, options), scanner_(options.entries_at_once), tending_(state_) {
    queue_whole_tree(state_);
    state_.mounts.known.keep_around(root.real_path());
    // A root that is lost from the start is not read at all.
    (void)Tending::is_root_uncovered(state_);
    state_.mounts.root_is_other = false;
}

Batch Pipeline::read(bool& drained) {
    Findings findings;
    apply_events(state_, state_.inotify.read(drained), findings);
    // From here on the table stands for the tree as of the last event; links follow.
    settle_names(state_, findings);
    return finish(std::move(findings));
}

bool Pipeline::scanning() const noexcept {
    return state_.root_trouble.empty() &&
           (state_.has_due() || state_.table.has_retired() || !state_.due_files.empty());
}

Batch Pipeline::scan(std::size_t directories_max) {
    Findings findings;
    scanner_.begin_turn();
    if (scanner_.reading())
        scanner_.read_on(state_, findings);
    for (std::size_t count = 0; count < directories_max && scanning(); ++count) {
        if (scanner_.is_tired())
            break;
        const auto due = state_.table.take_due();
        if (!due)
            break;
        scanner_.read_directory(state_, *due, findings);
    }
    settle_names(state_, findings);
    for (std::size_t count = 0; count < files_at_once && !state_.has_due(); ++count) {
        if (!look_at_due_file(state_, findings))
            break;
    }
    if (refresh_mounts(state_))
        read_again(findings.listings);
    tending_.note_scanned(state_, std::chrono::steady_clock::now());
    // Last, so that a directory that was moved keeps its watch at its new place.
    for (std::size_t count = 0; count < retired_at_once && !state_.has_due(); ++count) {
        const auto retired = state_.table.take_retired();
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

/// Something was mounted or unmounted while they were read.
void Pipeline::read_again(std::vector<Listing>& listings) {
    for (const Listing& listing : listings)
        if (const DirectoryId id = state_.table.at_path(listing.directory); id != no_directory)
            state_.table.queue(id, true);
    listings.clear();
    scanner_.read_again(state_);
}

Batch Pipeline::finish(Findings&& findings) {
    if (state_.mounts.in_doubt && refresh_mounts(state_))
        scanner_.read_again(state_);
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
