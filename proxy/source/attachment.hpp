// One worker's connection to the daemon: object directory, catalog, queue pair. One thread.
//
// Each of them may be missing, and may be replaced: the daemon may start later, or its objects may
// be removed and a new daemon may publish another catalog. Until then the worker serves what it is
// attached to.
#pragma once

#include "base/instance.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "ipc/worker_queues.hpp"
#include "proxy/counters.hpp"
#include "proxy/net/deadlines.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::proxy {

class Attachment {
public:
    /// If `object_base` is empty, each attempt calls find_object_base(), since the instance may
    /// appear later.
    Attachment(InstanceName instance, std::string object_base, unsigned worker, Counters& counters);

    struct Change {
        bool catalog = false;  // another catalog: all file ids and revisions are void
        bool pair = false;     // another queue pair, or none: its descriptor is void
    };
    /// Attaches what is missing and replaces what is no longer current. Costs a few system calls.
    Change refresh();

    Counters& counters() const noexcept { return counters_; }
    const ipc::CatalogReader* catalog() const noexcept { return catalog_ ? &*catalog_ : nullptr; }
    const ipc::ObjectDirectory& directory() const noexcept { return *directory_; }
    ipc::WorkerQueues* pair() noexcept { return pair_ ? &*pair_ : nullptr; }

    /// How long the daemon has not confirmed what is served, because it is gone, silent for more
    /// than 2 s, or degraded. nullopt if it does confirm, or if there is no catalog. Checks the
    /// daemon at most every 100 ms.
    std::optional<std::int64_t> stale_seconds();
    /// The same for a content that is not the file's since a revision, if that is longer. `now` is
    /// in seconds since 1970.
    std::int64_t stale_seconds_since(std::uint64_t revision, std::int64_t now);
    /// To be called at a notification: the daemon is alive. If it was gone or silent, it is checked
    /// again before the next answer.
    void on_notification();
    /// Whether the worker is attached, the first scan is complete, and the daemon can be reached if
    /// it is alive.
    bool ready() const { return unready_reason().empty(); }
    /// Whether it was ready at some refresh(); /readyz says the same of all workers.
    bool was_ready() const noexcept { return counters_.ready.load(std::memory_order_relaxed); }
    /// The reason for not being ready, as a sentence without full stop; empty if ready.
    std::string unready_reason() const;
    /// Why a daemon that is alive cannot be reached, as a sentence without full stop. Empty if it
    /// can be reached, or if there is none.
    const std::string& obstacle() const noexcept { return obstacle_; }

private:
    bool attach();
    void claim();
    std::string obstacle_of(const ErrorCode& error) const;
    void look_at_daemon(Clock::time_point now);

    const InstanceName instance_;
    const std::string object_base_;
    const unsigned worker_;
    Counters& counters_;

    std::optional<ipc::ObjectDirectory> directory_;
    std::optional<ipc::CatalogReader> catalog_;
    std::optional<ipc::WorkerQueues> pair_;
    Clock::time_point looked_at_{};
    Clock::time_point notified_at_{};
    std::optional<Clock::time_point> stale_since_;
    ErrorCode attach_error_;  // logged once, until it changes
    ErrorCode claim_error_;
    std::string obstacle_;
};

}  // namespace treecast::proxy
