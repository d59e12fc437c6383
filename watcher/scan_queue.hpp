// The directories that are due to be read, by the names under which they are served. PURE.
//
// They come in the order in which they were added, each at most once. Those that held very many
// files come after all others, which would have to wait long for them.
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
        bool deep = false;  // the directories below it are due as well
    };

    void add(DirectoryId id, bool deep);
    std::optional<Due> take();
    bool contains(DirectoryId id) const { return places_[id].ticket != 0; }
    bool empty() const noexcept { return count_ == 0; }

    /// How many files the last reading of the directory gave.
    void note_files(DirectoryId id, std::uint32_t files);

    /// The directory is not due any more.
    void remove(DirectoryId id);
    /// Forgets the directory; its number may be given to another.
    void forget(DirectoryId id);

private:
    struct Place {
        std::uint32_t ticket = 0;  // 0: it is not due
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
