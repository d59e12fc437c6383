// Turns events and directory listings into Batches: calls the watcher's stages in their order.
// Read pipeline.cpp first: it is the watcher's table of contents. One thread.
#pragma once

#include "watcher/scan.hpp"
#include "watcher/tending.hpp"
#include "watcher/tree_state.hpp"

namespace treecast::watcher {

class Pipeline {
public:
    Pipeline(TreeRoot& root, const WatcherOptions& options);

    Batch read(bool& drained, std::size_t events_max);
    bool scanning() const noexcept;
    Batch scan(std::size_t directories_max);
    std::optional<std::string_view> reading() const noexcept { return scanner_.reading(); }
    void tend(std::chrono::steady_clock::time_point now);

    TreeState& state() noexcept { return state_; }
    const TreeState& state() const noexcept { return state_; }

private:
    void process_waiting(std::size_t events_max, Findings& findings);
    WaitingEvents::Verdict judge(WatchDescriptor watch) const;
    void requeue(std::vector<Listing>& listings);
    Batch finish(Findings&& findings);

    const std::size_t events_at_once_;
    TreeState state_;
    Scanner scanner_;
    Tending tending_;
};

}  // namespace treecast::watcher
