// One thread of the process for what takes long and is made once for many. Thread safe.
//
// Workers must not be held up: they add a job, and the job posts its result to the worker's
// context.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace treecast::proxy {

class Maker {
public:
    /// Does one job after the other. It should return soon after a stop is requested, and must not
    /// throw.
    using Job = std::function<void(const std::stop_token& stop)>;

    Maker() = default;
    Maker(const Maker&) = delete;
    Maker& operator=(const Maker&) = delete;
    /// Drops the jobs that have not begun, and waits for the one that has.
    ~Maker();

    void add(Job job);

private:
    void run(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any added_;
    std::deque<Job> jobs_;
    std::jthread thread_;  // begins with the first job
};

}  // namespace treecast::proxy
