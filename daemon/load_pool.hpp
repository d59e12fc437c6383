// Looks and captures that may block, on threads of their own; results come back to the loop.
//
// A load that hangs (a dead network filesystem) keeps its thread. When all threads are taken for
// longer than `stuck_after`, another one is added, up to `threads_max`, so that what hangs delays
// nothing else.
#pragma once

#include "daemon/capture.hpp"
#include "daemon/look.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace treecast::daemon {

enum class LoadPurpose : std::uint8_t {
    look,   // a path has to be looked at, or its content loaded
    watch,  // a watch is to be set on the file
};

struct LoadJob {
    std::string path;
    /// How to capture the file that the look finds; none: the look alone is wanted.
    std::optional<CaptureRequest> request{};
    LoadPurpose purpose = LoadPurpose::look;
    bool asks_for_writer = false;                   // whether one has the file open
    bool may_take_leases = true;                    // for that
    std::chrono::steady_clock::time_point since{};  // of its submission; set by the pool
};

struct LoadResult {
    std::string path;
    LoadPurpose purpose = LoadPurpose::look;
    Look look;
    std::optional<Capture> capture{};
    std::optional<bool> has_no_writer{};  // of a file, where that was asked
    std::chrono::steady_clock::duration took{};
};

class LoadPool {
public:
    static constexpr unsigned threads_initial = 4;
    static constexpr unsigned threads_max = 32;
    static constexpr std::chrono::seconds stuck_after{1};
    static constexpr std::chrono::seconds hung_after{5};

    /// `root`, and what the requests of jobs name, outlive every load: where one hangs at exit, the
    /// process must end by _exit (see busy()). `done` is called in the loop's thread.
    LoadPool(
        boost::asio::any_io_executor loop,
        const watcher::TreeRoot& root,
        std::function<void(LoadResult)> done
    );
    /// Waits for idle threads; leaves those that are busy to themselves.
    ~LoadPool();
    LoadPool(const LoadPool&) = delete;
    LoadPool& operator=(const LoadPool&) = delete;

    void submit(LoadJob job);
    /// Adds a thread if all have been busy for too long while jobs wait. Call now and then.
    void relieve(std::chrono::steady_clock::time_point now);
    /// The paths whose loads have taken longer than `hung_after`; while those keep all threads that
    /// there may be, also what has waited for one for so long.
    std::vector<std::string> hung(std::chrono::steady_clock::time_point now) const;
    /// How many loads are under way.
    unsigned busy() const;

private:
    struct Shared;
    void add_thread();
    std::shared_ptr<Shared> shared_;  // with the threads, which may outlive the pool
    unsigned threads_ = 0;
};

}  // namespace treecast::daemon
