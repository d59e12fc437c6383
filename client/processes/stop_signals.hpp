// The signals that end a program (base/signals.hpp), as a descriptor to poll.
//
// Create it once, before any thread. The signals stay blocked until the process has ended, so a
// signal during the exit does not change the exit code.
#pragma once

#include "base/unique_fd.hpp"

namespace treecast::client {

class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Readable when a signal has arrived.
    int descriptor() const noexcept { return fd_.get(); }
    /// Removes one pending signal and returns whether there was one; never blocks.
    bool take();

private:
    UniqueFd fd_;
};

}  // namespace treecast::client
