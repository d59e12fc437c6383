// The files on which this process may take a lease, to find out whether a writer has them open
// (fcntl(2), F_SETLEASE). The filesystem may still lack leases. No I/O except of_this_process().
#pragma once

#include <optional>

#include <sys/types.h>

namespace treecast::watcher {

class LeaseRights {
public:
    /// The files of its effective user; all files with CAP_LEASE, which counts only in the initial
    /// user namespace.
    static LeaseRights of_this_process();
    static constexpr LeaseRights of_owner(uid_t owner) noexcept { return {false, owner}; }
    static constexpr LeaseRights of_all() noexcept { return {true, std::nullopt}; }
    static constexpr LeaseRights none() noexcept { return {false, std::nullopt}; }

    constexpr bool reach(uid_t owner) const noexcept { return all_ || owner_ == owner; }

    friend bool operator==(const LeaseRights&, const LeaseRights&) = default;

private:
    constexpr LeaseRights(bool all, std::optional<uid_t> owner) noexcept
        : all_(all), owner_(owner) {}

    bool all_;
    std::optional<uid_t> owner_;
};

}  // namespace treecast::watcher
