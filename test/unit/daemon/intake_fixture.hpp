// A tree, a catalog, and all that leads from one to the other but the looks.
#pragma once

#include "daemon/intake.hpp"
#include "daemon/record_match.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace treecast::daemon {

struct IntakeFixture : test::ObjectFixture {
    explicit IntakeFixture(watcher::WatcherOptions options = {})
        : watcher(root, std::move(options)) {}

    /// The st_dev of files that are on the root's filesystem.
    static constexpr std::uint64_t device = 7;

    static watcher::FileStat stat_of(std::uint64_t inode, std::uint64_t size = 1) {
        return {.device = device, .inode = inode, .size = size, .mode = S_IFREG | 0644, .links = 1};
    }
    static watcher::Batch batch_of(watcher::Listing listing) {
        watcher::Batch batch;
        batch.listings.push_back(std::move(listing));
        return batch;
    }
    void work_off_all() {
        while (intake.has_backlog()) {
            intake.work_off({now}, now);
            publisher.flush(now);
        }
    }
    bool is_published(const std::string& path) const {
        const auto file = catalog.find(path);
        return file && is_known(catalog.read(*file));
    }
    void publish_file(const std::string& path, std::uint64_t inode) {
        publisher.add(path, {.stat = stat_of(inode)});
        publisher.flush(now);
    }
    /// Has the watcher read all directories and events of the tree, and drops what it reports.
    void read_tree() {
        bool is_drained = false;
        while (!is_drained || watcher.scanning()) {
            static_cast<void>(watcher.scan(64));
            static_cast<void>(watcher.read(is_drained));
        }
    }

    const test::TemporaryDirectory tree;
    watcher::TreeRoot root{tree.path()};
    watcher::Watcher watcher;
    ipc::CatalogWriter catalog{directory};
    ipc::DaemonQueues queues{directory, 1};
    Residency residency{1 << 20};
    WorkList works;
    HardLinks hard_links;
    OpenFiles open_files{std::chrono::seconds(10)};
    PublicationGroups groups;
    const ServePolicy policy{};
    Publisher publisher{directory, catalog, queues, residency, groups};
    Intake intake{
        watcher,
        catalog,
        publisher,
        residency,
        works,
        hard_links,
        open_files,
        groups,
        policy,
        device};
    const Clock::time_point now = Clock::now();
};

}  // namespace treecast::daemon
