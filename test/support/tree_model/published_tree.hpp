// What a daemon has published, read as a proxy's worker reads it: catalog, change log, segments,
// and wants through a queue pair of its own. One thread. Link treecast_proxy to use it.
#pragma once

#include "base/instance.hpp"
#include "base/version.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "ipc/queue_pair_reader.hpp"

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

    /// Attaches to catalog and queues once their first scan is complete; false if that takes too
    /// long.
    [[nodiscard]] bool attach();
    const ipc::CatalogReader& catalog() const { return *catalog_; }

    /// Asks the daemon as `treecast sync` does; nullopt if it gives no cursor in time.
    std::optional<Version> sync() const;
    /// All that it answers, without the last newline; what has come of it if the time is up.
    std::string sync_answer() const;

    /// Every file that is served or says why it is not, by a walk of the catalog.
    Files walk() const;
    /// The same, known from the change log alone since the last walk(): what a worker knows that
    /// follows the bell.
    const Files& follow();

    /// Wants the contents of `files`; true once all that are present have one.
    [[nodiscard]] bool load(const std::vector<ipc::FileId>& files);
    /// Wants the contents of `files` without waiting for them.
    void request(const std::vector<ipc::FileId>& files);
    /// The bytes of a resident version; Errc::superseded if it is gone.
    Result<std::string> content(const Found& file) const;
    /// Waits for the bell. False at the deadline.
    bool wait_for_bell(std::chrono::milliseconds deadline);

private:
    void take(ipc::FileId file);

    const std::string object_base_;
    const InstanceName instance_;
    std::optional<ipc::ObjectDirectory> directory_;
    std::optional<ipc::CatalogReader> catalog_;
    std::optional<ipc::QueuePairReader> pair_;
    Files followed_;
    std::map<std::uint64_t, std::string> followed_paths_;  // by file id
    std::uint64_t followed_to_ = 0;
};

}  // namespace treecast::test
