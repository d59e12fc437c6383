// One worker's connection to the daemon: object directory, catalog, queue pair. One thread.
//
// Any of them may be missing, and be replaced: the daemon may start later, be cleaned away and
// come back with another catalog. What was attached is served on until then.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "ipc/queue_pair_reader.hpp"
#include "proxy/counters.hpp"
#include "proxy/deadlines.hpp"

#include <treecast/instance.hpp>

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
    /// Attached, and the first scan is complete.
    bool ready() const { return catalog_ && catalog_->scan_complete(); }

private:
    bool attach();
    void claim();
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
};

}  // namespace treecast::proxy
