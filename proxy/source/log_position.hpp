// Up to which revision a worker has read the catalog's log. One thread; reads only the catalog.
//
// No change is missed, because each read starts where the one before ended.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace treecast::proxy {

class LogPosition {
public:
    /// What happened since the last read.
    struct ReadResult {
        bool scan_completed = false;
        bool log_overrun = false;                 // it is not known what changed
        std::span<const ipc::LogRecord> changes;  // valid until the next read
    };

    /// Begins with the present state of another catalog.
    void begin(const ipc::CatalogReader& catalog);
    /// Reads the log up to the header's revision.
    ReadResult read(const ipc::CatalogReader& catalog);

private:
    std::uint64_t revision_ = 0;  // the log has been read up to here
    bool scan_complete_ = false;  // at the last read
    std::vector<ipc::LogRecord> changes_;
};

}  // namespace treecast::proxy
