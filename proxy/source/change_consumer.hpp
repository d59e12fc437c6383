// What wants to know of the catalog's changes: files, wants; later the feed and metrics. One
// thread.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <span>

namespace treecast::proxy {

/// Each batch of changes is handed to all consumers, and then ended.
class ChangeConsumer {
public:
    ChangeConsumer() = default;
    ChangeConsumer(const ChangeConsumer&) = delete;
    ChangeConsumer& operator=(const ChangeConsumer&) = delete;

    enum class Cause : std::uint8_t {
        scan_completed,    // what is missing may have been awaited until somebody could say so
        log_overrun,       // what changed is not known
        catalog_replaced,  // ids and revisions of the old one mean nothing in the new one
    };

    /// What the log has got, in its order.
    virtual void changed(std::span<const ipc::LogRecord> changes) = 0;
    /// Of this file something may be different that no log says: its content was loaded.
    virtual void loaded(ipc::FileId file) = 0;
    virtual void everything_changed(Cause cause) = 0;
    virtual void end_batch() = 0;
    /// Whether somebody waits for changes, so that a worker that no bell wakes has to look often.
    virtual bool is_waiting() const = 0;

protected:
    ~ChangeConsumer() = default;
};

}  // namespace treecast::proxy
