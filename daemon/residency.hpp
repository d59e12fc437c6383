// Records which contents are in shared memory, and what they cost, and selects those to evict. Pure
// bookkeeping in the daemon's thread; time is passed in.
#pragma once

#include "daemon/back_off.hpp"
#include "ipc/catalog_record.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <list>
#include <unordered_map>
#include <vector>

namespace treecast::daemon {

class Residency {
public:
    /// `filesystem_bytes`: the size of the filesystem of contents and catalog.
    explicit Residency(
        std::uint64_t limit_bytes,
        std::uint64_t filesystem_bytes = std::numeric_limits<std::uint64_t>::max()
    )
        : limit_bytes_(limit_bytes), filesystem_bytes_(filesystem_bytes) {}

    /// The present size of the catalog.
    void set_catalog_bytes(std::uint64_t bytes) noexcept { catalog_bytes_ = bytes; }
    /// The limit of all contents: --memory-limit at most. Contents and catalog together get three
    /// quarters of the filesystem, since a full one fails other programs too. If the catalog is
    /// large, contents still get a quarter of what it leaves.
    std::uint64_t limit_bytes() const noexcept;

    /// A segment of `size` content bytes exists, and replaces the file's former one.
    void add(ipc::FileId file, std::uint64_t size, Clock::time_point now);
    void remove(ipc::FileId file);
    /// The file was subscribed to or read: it becomes the last to be evicted.
    void use(ipc::FileId file);

    /// `spared`: the content cannot be read again, so that all others are evicted before it.
    void spare(ipc::FileId file, bool spared);

    /// Whether content of `size` bytes fits if everything else is evicted.
    bool can_hold(std::uint64_t size) const noexcept;
    /// Selects what to evict so that `size` bytes more fit: the least recently used first, and
    /// nothing within a second of its loading. `replaced` is about to be superseded and counts as
    /// gone. If `fits` is false, not enough can be evicted now, and `evict` is empty.
    struct Room {
        bool fits = false;
        std::vector<ipc::FileId> evict;
    };
    Room make_room(std::uint64_t size, ipc::FileId replaced, Clock::time_point now) const;
    /// Everything that may be evicted and is not spared, for a full tmpfs.
    std::vector<ipc::FileId> evictable(Clock::time_point now) const;
    /// Whether some content is kept only because it was just loaded.
    bool spares_any(Clock::time_point now) const;

    std::uint64_t bytes() const noexcept { return bytes_; }
    std::uint64_t files() const noexcept { return residents_.size(); }

private:
    struct Resident {
        std::uint64_t cost_bytes = 0;
        Clock::time_point loaded;
        std::list<ipc::FileId>::iterator place;
        bool spared = false;
    };
    static bool may_go(const Resident& resident, Clock::time_point now);

    std::uint64_t limit_bytes_;
    std::uint64_t filesystem_bytes_;
    std::uint64_t catalog_bytes_ = 0;
    std::uint64_t bytes_ = 0;
    std::unordered_map<ipc::FileId, Resident> residents_;
    std::list<ipc::FileId> by_use_;  // the least recently used in front
};

}  // namespace treecast::daemon
