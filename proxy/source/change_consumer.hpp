// The interface for objects that are notified of the catalog's changes: wants, the pinned limit,
// and the services of files, the feed and archives; later metrics. One thread.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <span>

namespace treecast::proxy {

/// Each batch of changes is passed to all consumers, and then ended.
class ChangeConsumer {
public:
    ChangeConsumer() = default;
    ChangeConsumer(const ChangeConsumer&) = delete;
    ChangeConsumer& operator=(const ChangeConsumer&) = delete;

    enum class Cause : std::uint8_t {
        scan_completed,    // requests for missing files may be waiting for this
        log_overrun,       // it is not known what changed
        catalog_replaced,  // ids and revisions of the old catalog are void
    };

    /// The new entries of the log, in their order.
    virtual void changed(std::span<const ipc::LogRecord> changes) = 0;
    /// The content of this file may have been loaded, which the log does not show.
    virtual void loaded(ipc::FileId file) = 0;
    virtual void everything_changed(Cause cause) = 0;
    virtual void end_batch() = 0;
    /// Whether a client waits for changes. If so, a worker without a queue pair looks at the log
    /// often.
    virtual bool is_waiting() const = 0;

protected:
    ~ChangeConsumer() = default;
};

}  // namespace treecast::proxy
