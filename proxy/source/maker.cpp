#include "proxy/source/maker.hpp"

#include <utility>

namespace treecast::proxy {

Maker::~Maker() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void Maker::add(Job job) {
    {
        const std::lock_guard guard(mutex_);
        jobs_.push_back(std::move(job));
        if (!thread_.joinable())
            thread_ = std::jthread([this](const std::stop_token& stop) {
                run(stop);
            });
    }
    added_.notify_one();
}

void Maker::run(const std::stop_token& stop) {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            if (!added_.wait(lock, stop, [this] {
                    return !jobs_.empty();
                }))
                return;
            if (stop.stop_requested())
                return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job(stop);
    }
}

}  // namespace treecast::proxy
