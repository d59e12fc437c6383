// Differences that the audit found and no look has resolved since. Each path is read again once.
// The daemon's thread.
#pragma once

#include "daemon/intake.hpp"

#include <set>
#include <string>

namespace treecast::daemon {

class Repairs {
public:
    /// The next turn does the rest.
    static constexpr unsigned per_turn = 64;

    /// All outlive the repairs.
    Repairs(Intake& intake, WorkList& works, watcher::Watcher& watcher)
        : intake_(intake), works_(works), watcher_(watcher) {}

    void add(std::string path) { found_.insert(std::move(path)); }
    /// Does nothing while directories are being read, since that leads to looks too. Returns
    /// whether the next turn may have more to do.
    bool run(Clock::time_point now);
    /// The number of repairs.
    std::uint64_t count() const noexcept { return count_; }

private:
    Intake& intake_;
    WorkList& works_;
    watcher::Watcher& watcher_;
    std::set<std::string> found_;
    std::uint64_t count_ = 0;
};

}  // namespace treecast::daemon
