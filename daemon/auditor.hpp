// Finds changes that no event reported. A thread of its own walks the tree slowly, in rounds, and
// compares it with the catalog, which it reads as a proxy does.
//
// The event of a difference may still be on its way. AuditRound therefore looks again after
// AuditRound::settling, and reports only a difference that has stayed the same. It also hashes the
// contents of resident files, since a write through a mapping may leave no trace in stat.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "watcher/tree_root.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace treecast::daemon {

struct AuditPolicy {
    /// The time from the begin of one round to the begin of the next. 0 switches the audit off. A
    /// round takes longer than this where the tree is too large for AuditRound::share.
    std::chrono::milliseconds interval{60'000};
    bool hidden = false;  // --hidden: names that begin with a dot are audited too
};

class Auditor {
public:
    struct Events {
        std::function<void(std::string path)> difference;
        std::function<void()> round_ended;
    };

    /// The loop's thread calls `events`. `root` outlives every look. If a look hangs at exit, the
    /// process must end by _exit (see hangs()).
    Auditor(
        boost::asio::any_io_executor loop,
        const watcher::TreeRoot& root,
        ipc::CatalogReader catalog,
        AuditPolicy policy,
        Events events
    );
    /// Waits at most a second for the thread, which may hang in the kernel.
    ~Auditor();
    Auditor(const Auditor&) = delete;
    Auditor& operator=(const Auditor&) = delete;

    /// Begins the first round after one interval. Called once, after the first scan.
    void start();
    /// Stops the thread. True if it has not ended within a second.
    bool hangs();

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;  // shared with the thread, which may outlive the auditor
};

}  // namespace treecast::daemon
