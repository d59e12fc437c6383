// What the audit has found and nobody has looked at since: each is read again once, by a look that
// nothing else takes for its own. The daemon's thread.
#pragma once

#include "daemon/intake.hpp"

#include <set>
#include <string>

namespace treecast::daemon {

class Repairs {
public:
    /// The rest stays for the next turn.
    static constexpr unsigned per_turn = 64;

    /// All outlive the repairs.
    Repairs(Intake& intake, WorkList& works, watcher::Watcher& watcher)
        : intake_(intake), works_(works), watcher_(watcher) {}

    void add(std::string path) { found_.insert(std::move(path)); }
    /// Not while directories are being read: that is what looks, too, and finds less. Whether there
    /// is more to do in the next turn.
    bool run(Clock::time_point now);
    /// How many were looked at.
    std::uint64_t count() const noexcept { return count_; }

private:
    Intake& intake_;
    WorkList& works_;
    watcher::Watcher& watcher_;
    std::set<std::string> found_;
    std::uint64_t count_ = 0;
};

}  // namespace treecast::daemon
