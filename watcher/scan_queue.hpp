// Queues the directories that are due for a scan, by the names under which they are served. No I/O.
//
// Each directory is queued at most once. They leave in the order in which they were added, but
// directories with very many files leave last, so that the others do not wait long for them.
#pragma once

#include "watcher/directory_id.hpp"

#include <deque>
#include <optional>

namespace treecast::watcher {

class ScanQueue {
public:
    static constexpr std::uint32_t large_files_min = 4096;

    struct Due {
        DirectoryId id = no_directory;
        bool deep = false;  // scan the directories below it too
    };

    void add(DirectoryId id, bool deep);
    std::optional<Due> take();
    bool contains(DirectoryId id) const { return places_[id].ticket != 0; }
    bool empty() const noexcept { return count_ == 0; }

    /// Stores the number of files that the last scan of the directory found.
    void note_files(DirectoryId id, std::uint32_t files);

    /// Takes the directory out of the queue.
    void remove(DirectoryId id);
    /// Forgets the directory; another may reuse its number.
    void forget(DirectoryId id);

private:
    struct Place {
        std::uint32_t ticket = 0;  // 0: not queued
        bool deep = false;
        bool is_large = false;
    };
    struct Ticket {
        DirectoryId id;
        std::uint32_t number;
    };
    std::optional<Due> take(std::deque<Ticket>& due);

    PerDirectory<Place> places_;
    std::deque<Ticket> due_;
    std::deque<Ticket> due_large_;
    std::size_t count_ = 0;
    std::uint32_t last_ticket_ = 0;
};

}  // namespace treecast::watcher
