// The daemon's main loop, from changed paths to published versions. One thread.
//
// Every occurrence (inotify, a request, the end of a load, a timer) leads to a turn. A turn runs
// all stages in order and does a bounded amount of each. It publishes after each stage whose
// findings must not wait for the next.
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
        ipc::DaemonQueues& queues,
        Residency& residency,
        const ServePolicy& policy,
        const AuditPolicy& audit,
        std::function<void()> scanned
    );

    /// Starts, and returns at once. The loop does the rest until it is stopped.
    void start();
    /// Answers once everything that was written before this call is published. With paths, which
    /// may be as a user typed them, only what is at and below them counts.
    void sync(const std::vector<std::string>& typed, Answer answer);
    /// The user says that what is lost at `path` has been deleted. Answers once the deletion is
    /// published; or at once with `absent PATH` if nothing is lost there, or with an error if the
    /// root is.
    void forget(const std::string& path, Answer answer);
    /// Called at exit. True if a load is still running or the audit's thread does not end: then
    /// only _exit ends the process.
    bool hangs() { return pool_.busy() != 0 || auditor_.hangs(); }

private:
    void turn();

    // The stages of a turn in their order; publish() also runs between others.
    void publish(Clock::time_point now);
    void publish_seen(Clock::time_point now);
    void read_events(Clock::time_point now, std::size_t events_max);
    void scan_directories(Clock::time_point now);
    void work_off_backlog(Clock::time_point now);
    void look_at_due(Clock::time_point now);
    void confirm_copies();
    void watch_linked_files(Clock::time_point now);
    void complete_groups(Clock::time_point now);
    void publish_overfull_groups();
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
    void open_group(const std::vector<std::string>& exchanged, Clock::time_point now);
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
    std::uint64_t scanned_at_ = 0;   // the newest note at the last time without a scan
    std::uint64_t compared_at_ = 0;  // all is compared once notes up to here are done or held up
    std::uint64_t root_generation_ = 0;
    std::uint64_t audits_ = 0;
    bool events_drained_ = true;
    bool first_scan_done_ = false;
};

}  // namespace treecast::daemon
