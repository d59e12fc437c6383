// The daemon's table of contents: from changed paths to published versions, one turn at a time.
//
// Everything that happens (inotify, requests, loads that end, times that come) leads to a turn;
// a turn does a bounded amount of each stage in order and publishes once. One thread.
#pragma once

#include "daemon/auditor.hpp"
#include "daemon/control_socket.hpp"
#include "daemon/degradation.hpp"
#include "daemon/intake.hpp"
#include "daemon/linked_files.hpp"
#include "daemon/load_pool.hpp"
#include "daemon/mount_store.hpp"
#include "daemon/repairs.hpp"
#include "daemon/request_queues.hpp"
#include "daemon/syncs.hpp"
#include "daemon/turn_trigger.hpp"
#include "daemon/verdict_executor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace treecast::daemon {

class Pipeline {
public:
    /// All outlive the pipeline. `scanned` is called once, when the first scan is published.
    Pipeline(
        boost::asio::io_context& loop,
        const watcher::TreeRoot& root,
        watcher::Watcher& watcher,
        const ipc::ObjectDirectory& objects,
        SegmentStock& segments,
        ipc::CatalogWriter& catalog,
        ipc::QueuePairsWriter& queues,
        Residency& residency,
        const ServePolicy& policy,
        const AuditPolicy& audit,
        std::function<void()> scanned
    );

    /// Begins; returns at once. The loop does the rest until it is stopped.
    void start();
    /// Answers once everything written to the tree before this call is published, or, of the given
    /// paths, as they were typed, what is at and below them.
    void sync(const std::vector<std::string>& typed, Answer answer);
    /// Somebody says that what is lost at `path` is meant to be gone: answers once that is
    /// published, or `absent PATH` if nothing is lost there.
    void forget(const std::string& path, Answer answer);
    /// To be asked at exit: if a load or the audit hangs, only _exit ends the process.
    bool hangs() { return pool_.busy() != 0 || auditor_.hangs(); }

private:
    void turn();

    // The stages of a turn, in their order.
    void publish(Clock::time_point now);
    void read_events(Clock::time_point now, std::size_t events_max);
    void scan_directories(Clock::time_point now);
    void work_off_backlog(Clock::time_point now);
    void look_at_due(Clock::time_point now);
    void confirm_copies();
    void watch_linked_files(Clock::time_point now);
    void complete_groups(Clock::time_point now);
    void store_groups(Clock::time_point now);
    void finish_first_scan();
    void update_degraded();
    void answer_syncs();
    std::optional<Clock::time_point> next_time() const;

    void beat();
    void tend(Clock::time_point now);
    void read_again_for_room(Clock::time_point now);
    void on_loaded(LoadResult result);
    void drop_findings_of_another_root(Clock::time_point now);
    bool is_scanning() const;

    const watcher::TreeRoot& root_;
    watcher::Watcher& watcher_;
    ipc::CatalogWriter& catalog_;
    SegmentStock& segments_;
    MountStore mounts_;
    const bool takes_leases_;
    std::function<void()> scanned_;

    WorkList works_;
    HardLinks hard_links_;
    OpenFiles open_files_;
    PublicationGroups groups_;
    Publisher publisher_;
    Intake intake_;
    VerdictExecutor executor_;
    LoadPool pool_;
    LinkedFiles linked_files_;
    Repairs repairs_;
    Syncs syncs_;
    CatalogRoom catalog_room_;
    Degradation degradation_;
    Auditor auditor_;

    TurnTrigger trigger_;
    RequestQueues requests_;
    boost::asio::steady_timer heartbeat_;
    std::uint64_t scanned_at_ = 0;   // the newest note when no directory was left to be read
    std::uint64_t compared_at_ = 0;  // all is compared once everything noted up to here is done
    std::uint64_t root_generation_ = 0;
    std::uint64_t audits_ = 0;
    bool events_drained_ = true;
    bool first_scan_done_ = false;
};

}  // namespace treecast::daemon
