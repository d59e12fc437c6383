// One look at a path that has work, and what follows from it: nothing, a publication, a load, or
// another look later. The daemon's thread; what may block goes to the pool and comes back.
#pragma once

#include "daemon/capture.hpp"
#include "daemon/hard_links.hpp"
#include "daemon/load_pool.hpp"
#include "daemon/look.hpp"
#include "daemon/open_files.hpp"
#include "daemon/publisher.hpp"
#include "daemon/residency.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/work_list.hpp"

#include <string>
#include <utility>
#include <vector>

namespace treecast::daemon {

class Refresher {
public:
    /// All outlive the refresher.
    Refresher(
        const watcher::TreeRoot& root,
        watcher::Watcher& watcher,
        SegmentStock& segments,
        ipc::CatalogWriter& catalog,
        Publisher& publisher,
        Residency& residency,
        WorkList& works,
        HardLinks& hard_links,
        OpenFiles& open_files,
        const ServePolicy& policy
    );

    /// `pool` takes what may block; set once, before the first refresh.
    void use_pool(LoadPool& pool) { pool_ = &pool; }

    /// `work` is due and not loading. It is finished, scheduled again or loading afterwards.
    void refresh(Work& work, bool in_pool, Clock::time_point now);
    /// Closes what the last look has opened: a system call that can wait for the push.
    void close_last_look() { last_look_ = Look(); }
    /// A load that refresh() gave to the pool came back.
    void take(LoadResult result, Clock::time_point now);
    /// The load of `path` has not come back for too long.
    void note_hung(const std::string& path);

    /// Copies that no lease vouches for wait here for the events that were queued before they
    /// ended: a writer who came in meanwhile has left one.
    bool has_unconfirmed() const noexcept { return !unconfirmed_.empty(); }
    /// Events have been read: publishes the copies of files of which all of them have been noted,
    /// if nobody was seen to write to them since they were begun; reads those again that somebody
    /// was.
    void confirm(Clock::time_point now);
    /// The root is another tree now: copies that wait for confirmation are of the one before.
    void drop_unconfirmed(Clock::time_point now);

    /// How often --open-limit passed: perhaps in the middle of a write.
    std::uint64_t published_while_open() const noexcept { return published_while_open_; }
    /// How many contents were published of which no lease told whether a writer was inside.
    std::uint64_t read_without_lease() const noexcept { return read_without_lease_; }
    /// The files that were read so since the last call: who opens them matters.
    std::vector<std::string> take_unleased() { return std::exchange(unleased_, {}); }

private:
    /// Whether what was seen is only what a lost mount had covered: then the work is finished,
    /// since everything is read again when that ends.
    bool drop_if_lost(Work& work, Clock::time_point now);
    void decide(Work& work, Look& look, Clock::time_point now);
    void decide_absent(Work& work, Clock::time_point now);
    /// Whether to wait, since programs put a file away for a moment while they save it.
    bool is_in_grace(Work& work, Clock::time_point now);
    void publish_deleted(Work& work, Clock::time_point now);
    void decide_file(Work& work, Look& look, Clock::time_point now);
    /// As noted when `sequence` was, and due now.
    void note_all(
        const std::vector<std::string>& paths,
        const watcher::Signs& signs,
        std::uint64_t sequence,
        Clock::time_point now
    );
    void settle_unchanged(Work& work, Clock::time_point now);
    void load(Work& work, const Look& look, Clock::time_point now);
    bool
    make_room(Work& work, const watcher::FileStat& stat, std::uint64_t size, Clock::time_point now);
    void load_in_pool(Work& work, std::optional<CaptureRequest> request);
    void settle(Work& work, Capture capture, const watcher::FileStat& seen, Clock::time_point now);
    void settle_no_memory(Work& work, const watcher::FileStat& seen, Clock::time_point now);
    void settle_unsteady(Work& work, const watcher::FileStat& seen, Clock::time_point now);
    void
    wait_for_room(Work& work, const watcher::FileStat& seen, bool has_hope, Clock::time_point now);
    /// Looks again after `pause`, and not sooner because of what is noted of it meanwhile.
    void back_off(Work& work, Clock::duration pause, Clock::time_point now);
    void keep_unconfirmed(Work& work, Capture capture, Clock::time_point now);
    bool has_told_all(const std::string& path) const;
    void look_again(Work& work, Clock::time_point now);
    /// After a pause; `cause` is one of the work's setbacks.
    void read_again(Work& work, BackOff& cause, Clock::time_point now);
    void wait_for_writer(Work& work, const watcher::FileStat& stat, Clock::time_point now);
    void publish_captured(Work& work, Capture capture, Clock::time_point now);
    void publish(
        const Work& work,
        const Observation& observation,
        std::optional<ipc::SegmentWriter> segment = std::nullopt
    );
    /// `cause` is one of the work's setbacks.
    void try_later(Work& work, BackOff& cause, const ErrorCode& why, Clock::time_point now);
    void wait_for_directory(Work& work, Clock::time_point now);
    /// It is tried again after `pause`; nobody waits for it so long.
    void hold(Work& work, Clock::duration pause, Clock::time_point now);
    /// What is published of it is served on, and says so.
    void tell_stale(const Work& work, ipc::UnavailableReason reason);

    ipc::Record record_of(const Work& work) const;
    bool may_have_writer(const Work& work, Clock::time_point now) const;
    bool may_be_mapped(const Work& work, const Capture& copy, Clock::time_point now) const;
    bool was_opened_since_it_came(const Work& work, Clock::time_point now) const;
    CaptureRequest
    request_for(const Work& work, const watcher::FileStat& stat, Clock::time_point now);

    const watcher::TreeRoot& root_;
    watcher::Watcher& watcher_;
    SegmentStock& segments_;
    ipc::CatalogWriter& catalog_;
    Publisher& publisher_;
    Residency& residency_;
    WorkList& works_;
    HardLinks& hard_links_;
    OpenFiles& open_files_;
    const ServePolicy& policy_;
    LoadPool* pool_ = nullptr;
    Look last_look_;
    struct Unconfirmed {
        std::string path;
        Capture capture;
    };
    std::vector<Unconfirmed> unconfirmed_;  // their works count as loading
    std::uint64_t published_while_open_ = 0;
    std::uint64_t read_without_lease_ = 0;
    std::vector<std::string> unleased_;
};

}  // namespace treecast::daemon
