// Finds what no event told of: walks the tree on a thread of its own, slowly and again and again,
// and compares it with the catalog, which it reads as a proxy does.
//
// A difference may be a change whose event is on its way; so it is looked at again after
// AuditRound::settling, and only what differs then in the same way is reported. The contents of
// resident files are hashed too: a write through a mapping may leave no trace in stat.
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
    /// From the begin of one round to that of the next; 0: no audit. A tree that takes longer at
    /// AuditRound::share of a processor gets longer rounds.
    std::chrono::milliseconds interval{60'000};
    bool hidden = false;  // --hidden: names that begin with a dot count too
};

class Auditor {
public:
    struct Events {
        std::function<void(std::string path)> difference;
        std::function<void()> round_ended;
    };

    /// `events` are called in the loop's thread. `root` outlives every look: where one
    /// hangs at exit, the process must end by _exit (see hangs()).
    Auditor(
        boost::asio::any_io_executor loop,
        const watcher::TreeRoot& root,
        ipc::CatalogReader catalog,
        AuditPolicy policy,
        Events events
    );
    /// Waits for the thread, unless it hangs in the kernel.
    ~Auditor();
    Auditor(const Auditor&) = delete;
    Auditor& operator=(const Auditor&) = delete;

    /// Begins the first round after the interval. To be called when the first scan is complete.
    void start();
    /// Asks the thread to end; true if it has not done so in time.
    bool hangs();

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;  // with the thread, which may outlive the auditor
};

}  // namespace treecast::daemon
