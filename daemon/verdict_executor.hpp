// Looks at paths that are due, calls decide_look and decide_capture, and carries out their
// verdicts. It decides nothing itself. Runs in the daemon's thread; work that may block goes to the
// pool.
#pragma once

#include "daemon/decide_look.hpp"
#include "daemon/eviction.hpp"
#include "daemon/hard_links.hpp"
#include "daemon/load_pool.hpp"
#include "daemon/open_files.hpp"
#include "daemon/publisher.hpp"
#include "daemon/work_list.hpp"

#include <string>
#include <utility>
#include <vector>

namespace treecast::daemon {

class VerdictExecutor {
public:
    /// All outlive the executor.
    VerdictExecutor(
        const watcher::TreeRoot& root,
        watcher::Watcher& watcher,
        SegmentStock& segments,
        const ipc::CatalogWriter& catalog,
        Publisher& publisher,
        Residency& residency,
        WorkList& works,
        HardLinks& hard_links,
        OpenFiles& open_files,
        const ServePolicy& policy
    );

    /// `pool` runs what may block. Set once, before the first look.
    void use_pool(LoadPool& pool) { pool_ = &pool; }

    /// `work` is due and not busy. Afterwards it is finished, scheduled again or busy.
    void look(Work& work, bool in_pool, Clock::time_point now);
    /// Closes the descriptor of the last look: a system call that can wait until after the
    /// publication.
    void close_last_look() { last_look_ = Look(); }
    /// The pool has finished a look or load.
    void on_loaded(LoadResult result, Clock::time_point now);
    /// The load of `path` has not returned for too long.
    void on_hung(const std::string& path);

    /// Whether copies wait for confirmation. A copy that no lease vouches for waits for the events
    /// that were queued before its end: a writer who was inside meanwhile has caused one.
    bool has_unconfirmed() const noexcept { return !unconfirmed_.empty(); }
    /// Events have been read: decides about the copies whose events have all been noted.
    void confirm(Clock::time_point now);
    /// The root is another tree now: drops the copies that wait, which are of the old one.
    void drop_unconfirmed(Clock::time_point now);

    /// How many files were published after --open-limit, perhaps in the middle of a write.
    std::uint64_t published_while_open() const noexcept { return published_while_open_; }
    /// How many contents were published although no lease said whether a writer was inside.
    std::uint64_t read_without_lease() const noexcept { return read_without_lease_; }
    /// The files whose captures got no lease since the last call. Their opens must be watched.
    std::vector<std::string> take_unleased() { return std::exchange(unleased_, {}); }

private:
    void
    on_look(Work& work, const Look& look, std::optional<bool> has_no_writer, Clock::time_point now);
    LookFacts facts_of(const Work& work, const Look& look, Clock::time_point now);
    Sight sight_of(const Work& work, const Look& look);
    void check_for_writer(Work& work, const Look& look, LookFacts facts, Clock::time_point now);
    void load(Work& work, const Look& look, Load what, Clock::time_point now);
    void submit(Work& work, LoadJob job);
    void
    on_capture(Work& work, Capture capture, const watcher::FileStat& seen, Clock::time_point now);
    /// Makes room for `size` bytes. If there is none, carries out what follows and returns false.
    bool
    make_room(Work& work, const watcher::FileStat& stat, std::uint64_t size, Clock::time_point now);
    bool may_find_room(Work& work, std::uint64_t size, Clock::time_point now);

    /// Carries out verdicts without a copy or load.
    void carry_out(
        Work& work,
        const Verdict& verdict,
        const watcher::FileStat& stat,
        Clock::time_point now
    );
    void carry_out_on_copy(
        Work& work,
        const Verdict& verdict,
        Capture capture,
        const watcher::FileStat& seen,
        Clock::time_point now
    );
    void
    publish_copy(Work& work, const PublishCopy& verdict, Capture capture, Clock::time_point now);
    void wait(Work& work, const Wait& wait, const watcher::FileStat& stat);

    ipc::Record record_of(const Work& work) const;
    bool has_reported_all(const std::string& path) const;
    void look_again(Work& work, Clock::time_point now);

    const watcher::TreeRoot& root_;
    watcher::Watcher& watcher_;
    SegmentStock& segments_;
    const ipc::CatalogWriter& catalog_;
    Publisher& publisher_;
    Eviction eviction_;
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
    std::vector<Unconfirmed> unconfirmed_;
    std::uint64_t published_while_open_ = 0;
    std::uint64_t read_without_lease_ = 0;
    std::vector<std::string> unleased_;
};

}  // namespace treecast::daemon
