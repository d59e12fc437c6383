// Causes of turns other than events: loads that end, the heartbeat, and commands.
#include "daemon/counters.hpp"
#include "daemon/pipeline.hpp"

#include <utility>

namespace treecast::daemon {

namespace {

constexpr std::chrono::seconds heartbeat_period{1};

}  // namespace

void Pipeline::on_loaded(LoadResult result) {
    const auto now = Clock::now();
    if (result.purpose == LoadPurpose::watch) {
        linked_files_.on_opened(result, now);
        syncs_.on_more_noted();  // syncs wait for the look that follows
    } else {
        executor_.on_loaded(std::move(result), now);
    }
    trigger_.request();
}

void Pipeline::beat() {
    const auto now = Clock::now();
    catalog_.beat();
    pool_.relieve(now);
    for (const auto& [path, purpose] : pool_.hung_jobs(now)) {
        if (purpose == LoadPurpose::watch)
            linked_files_.on_hung(path);
        else
            executor_.on_hung(path);
        trigger_.request();
    }
    tend(now);
    read_again_for_room(now);
    if (is_scanning())
        trigger_.request();
    store_counters(
        catalog_,
        watcher_.health(),
        {.published_while_open = executor_.published_while_open(),
         .read_without_lease = executor_.read_without_lease(),
         .audits = audits_,
         .audit_repairs = repairs_.count()}
    );
    heartbeat_.expires_after(heartbeat_period);
    heartbeat_.async_wait([this](const ErrorCode& error) {
        if (!error)
            beat();
    });
}

/// Checks what no event reports.
void Pipeline::tend(Clock::time_point now) {
    if (!first_scan_done_)
        return;
    watcher_.tend(now);
    update_degraded();  // at once, since the next turn may be far away
}

void Pipeline::read_again_for_room(Clock::time_point now) {
    if (is_scanning())
        return;
    switch (catalog_room_.next(publisher_.unlisted(), now)) {
        case CatalogRoom::Step::none:
            return;
        case CatalogRoom::Step::found_room:
            update_degraded();
            return;
        case CatalogRoom::Step::read_again:
            publisher_.forget_unlisted();
            watcher_.rescan();
            return;
    }
}

// --- Commands ------------------------------------------------------------------------------

void Pipeline::sync(const std::vector<std::string>& typed, Answer answer) {
    auto paths = paths_below({root_.configured_path(), root_.real_path()}, typed, answer);
    if (!paths)
        return;
    tend(Clock::now());           // the root may be another directory, by a mount over it
    watcher_.rescan_unwatched();  // the sync waits for its looks, as for those of all scans
    syncs_.begin(std::move(*paths), std::move(answer));
    trigger_.request();
}

void Pipeline::forget(const std::string& path, Answer answer) {
    if (watcher_.forget_lost(path))
        sync({}, std::move(answer));
    else
        answer(refusal_to_forget(path, watcher_.root_is_lost()));
}

}  // namespace treecast::daemon
