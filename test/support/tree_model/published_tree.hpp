// Reads what a daemon has published, as a proxy's worker does: catalog, change log and segments.
// Sends wants through a queue pair of its own. One thread. Link treecast_proxy to use it.
#pragma once

#include "base/instance.hpp"
#include "base/version.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "ipc/worker_queues.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace treecast::test {

class PublishedTree {
public:
    using Found = ipc::CatalogReader::Found;
    using Files = std::map<std::string, Found>;

    PublishedTree(std::string object_base, InstanceName instance);

    /// Attaches to catalog and queues when the first scan is complete. Returns false if that takes
    /// too long.
    [[nodiscard]] bool attach();
    const ipc::CatalogReader& catalog() const { return *catalog_; }

    /// Sends the daemon the request of `treecast sync`. Returns nullopt if it gives no cursor in
    /// time.
    std::optional<Version> sync() const;
    /// The daemon's complete answer without the last newline, or the part that has arrived in time.
    std::string sync_answer() const;

    /// Every file that is served or has a reason for not being served, from a walk of the catalog.
    Files walk() const;
    /// The same, derived only from the change log since the last walk(), as a worker does.
    const Files& follow();

    /// Requests the contents of `files`. Returns true when all of them that are present have one.
    [[nodiscard]] bool load(const std::vector<ipc::FileId>& files);
    /// Requests the contents of `files` without waiting for them.
    void request(const std::vector<ipc::FileId>& files);
    /// The bytes of a resident version. Fails with Errc::superseded if it is gone.
    Result<std::string> content(const Found& file) const;
    /// Waits for the bell. False at the deadline.
    bool wait_for_bell(std::chrono::milliseconds deadline);

private:
    void take(ipc::FileId file);

    const std::string object_base_;
    const InstanceName instance_;
    std::optional<ipc::ObjectDirectory> directory_;
    std::optional<ipc::CatalogReader> catalog_;
    std::optional<ipc::WorkerQueues> pair_;
    Files followed_;
    std::map<std::uint64_t, std::string> followed_paths_;  // by file id
    std::uint64_t followed_to_ = 0;
};

}  // namespace treecast::test
