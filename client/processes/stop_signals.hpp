// The signals that end a program (treecast/signals.hpp) as something to poll for.
//
// To be made before any thread, once. The signals stay blocked to the end of the process: one that
// comes while it ends must not change how it ends.
#pragma once

#include "base/unique_fd.hpp"

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

private:
    UniqueFd fd_;
};

}  // namespace treecast::client
