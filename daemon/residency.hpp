// Which contents are in shared memory, what they cost, and which go first when room is needed.
// Pure bookkeeping in the daemon's thread; time is passed in.
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
    /// `filesystem_bytes`: the size of what contents and catalog lie in.
    explicit Residency(
        std::uint64_t limit_bytes,
        std::uint64_t filesystem_bytes = std::numeric_limits<std::uint64_t>::max()
    )
        : limit_bytes_(limit_bytes), filesystem_bytes_(filesystem_bytes) {}

    /// What the catalog takes by now.
    void set_catalog_bytes(std::uint64_t bytes) noexcept { catalog_bytes_ = bytes; }
    /// What the contents may take: with the catalog three quarters of the file system, since one
    /// that runs full fails others too; but a quarter of what a large catalog leaves.
    std::uint64_t limit_bytes() const noexcept;

    /// A segment of `size` content bytes exists (replacing the file's former one).
    void add(ipc::FileId file, std::uint64_t size, Clock::time_point now);
    void remove(ipc::FileId file);
    /// Subscribed to or read: goes to the end of the line.
    void use(ipc::FileId file);

    /// What cannot be read again goes after everything else that may go.
    void spare(ipc::FileId file, bool spared);

    /// Whether content of `size` bytes can ever be resident beside nothing else.
    bool can_hold(std::uint64_t size) const noexcept;
    /// What has to go so that `size` bytes more fit: the longest unused first, none within a
    /// second of its loading, `replaced` (about to be superseded) counted as gone. Empty
    /// together with `fits` false: nothing can go at the moment.
    struct Room {
        bool fits = false;
        std::vector<ipc::FileId> evict;
    };
    Room make_room(std::uint64_t size, ipc::FileId replaced, Clock::time_point now) const;
    /// Everything that may go and is not spared, for when the tmpfs itself is full.
    std::vector<ipc::FileId> evictable(Clock::time_point now) const;
    /// Whether something does not go only because it was just loaded.
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
    std::list<ipc::FileId> by_use_;  // the longest unused in front
};

}  // namespace treecast::daemon
