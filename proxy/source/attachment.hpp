// One worker's connection to the daemon: object directory, catalog, queue pair. One thread.
//
// Any of them may be missing, and be replaced: the daemon may start later, be cleaned away and
// come back with another catalog. What was attached is served on until then.
#pragma once

#include "base/instance.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "ipc/queue_pair_reader.hpp"
#include "proxy/counters.hpp"
#include "proxy/net/deadlines.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::proxy {

class Attachment {
public:
    /// `object_base` empty: find_object_base() each time, since the instance may come later.
    Attachment(InstanceName instance, std::string object_base, unsigned worker, Counters& counters);

    struct Change {
        bool catalog = false;  // another catalog: every file id and revision is void
        bool pair = false;     // another queue pair, or none: its descriptor is void
    };
    /// Attaches what is missing, replaces what is no longer current. A few system calls.
    Change refresh();

    const ipc::CatalogReader* catalog() const noexcept { return catalog_ ? &*catalog_ : nullptr; }
    const ipc::ObjectDirectory& directory() const noexcept { return *directory_; }
    ipc::QueuePairReader* pair() noexcept { return pair_ ? &*pair_ : nullptr; }

    /// For how long nobody has vouched for what is served: the daemon is gone, silent for more
    /// than 2 s, or degraded. nullopt: all is well. Looks at most every 100 ms.
    std::optional<std::int64_t> stale_seconds();
    /// The bell rang, so the daemon lives. One that was gone or silent is back: look before the
    /// next answer.
    void hear_bell();
    /// Attached, the first scan is complete, and nothing stands between us and the daemon.
    bool ready() const { return unready_reason().empty(); }
    /// Why not, as a sentence; empty if ready.
    std::string unready_reason() const;
    /// Why a daemon that lives cannot be reached, as a sentence; empty if it can, or there is none.
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
    std::optional<ipc::QueuePairReader> pair_;
    Clock::time_point looked_at_{};
    Clock::time_point heard_at_{};
    std::optional<Clock::time_point> stale_since_;
    ErrorCode attach_error_;  // logged once, until it changes
    ErrorCode claim_error_;
    std::string obstacle_;
};

}  // namespace treecast::proxy
