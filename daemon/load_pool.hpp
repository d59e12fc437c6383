// Runs looks and captures that may block, on threads of its own. Results are posted to the loop.
//
// A load that hangs (a dead network filesystem) keeps its thread. If jobs wait and no thread has
// started one for `stuck_after`, another thread is added, up to `threads_max`, so that the hanging
// load does not delay others.
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
    look,   // look at a path, or load its content
    watch,  // open the file for its watch
};

struct LoadJob {
    std::string path;
    /// How to capture the file that the look finds; none: only look.
    std::optional<CaptureRequest> request{};
    LoadPurpose purpose = LoadPurpose::look;
    bool checks_for_writer = false;                 // whether a writer has it open
    std::chrono::steady_clock::time_point since{};  // of its submission; set by the pool
};

struct LoadResult {
    std::string path;
    LoadPurpose purpose = LoadPurpose::look;
    Look look;
    std::optional<Capture> capture{};
    std::optional<bool> has_no_writer{};  // of a file, if requested
    std::chrono::steady_clock::duration took{};
};

class LoadPool {
public:
    static constexpr unsigned threads_initial = 4;
    static constexpr unsigned threads_max = 32;
    static constexpr std::chrono::seconds stuck_after{1};
    static constexpr std::chrono::seconds hung_after{5};

    /// `root` and all that jobs refer to outlive every load. If a load hangs at exit, the process
    /// must end by _exit (see busy()). The loop's thread calls `done`.
    LoadPool(
        boost::asio::any_io_executor loop,
        const watcher::TreeRoot& root,
        std::function<void(LoadResult)> done
    );
    /// Waits for idle threads. Busy threads are left running.
    ~LoadPool();
    LoadPool(const LoadPool&) = delete;
    LoadPool& operator=(const LoadPool&) = delete;

    void submit(LoadJob job);
    /// Adds a thread if all have been busy for too long while jobs wait. Called periodically.
    void relieve(std::chrono::steady_clock::time_point now);
    struct JobId {
        std::string path;
        LoadPurpose purpose = LoadPurpose::look;
    };
    /// The jobs that have run for longer than `hung_after`. If such jobs hold all `threads_max`
    /// threads, also those that have waited for that long.
    std::vector<JobId> hung_jobs(std::chrono::steady_clock::time_point now) const;
    /// The number of jobs that are running.
    unsigned busy() const;

private:
    struct Shared;
    void add_thread();
    std::shared_ptr<Shared> shared_;  // shared with the threads, which may outlive the pool
    unsigned threads_ = 0;
};

}  // namespace treecast::daemon
