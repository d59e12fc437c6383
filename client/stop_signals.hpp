// SIGINT, SIGTERM and SIGHUP as something to poll for.
//
// To be made before any thread, once. Children must be given `original_mask()`. The signals stay
// blocked to the end of the process: one that comes while it ends must not change how it ends.
// SIGHUP stays ignored where the caller ignores it (nohup).
#pragma once

#include <treecast/unique_fd.hpp>

#include <csignal>

namespace treecast::client {

class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Readable once a signal is there.
    int descriptor() const noexcept { return fd_.get(); }
    /// Whether one came since the last call; never blocks.
    bool take();
    /// What was blocked before.
    const sigset_t& original_mask() const noexcept { return original_mask_; }

private:
    sigset_t original_mask_{};
    UniqueFd fd_;
};

}  // namespace treecast::client
