#include "proxy/feed/load_waits.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

/// Waiters that are woken before others get their turn.
constexpr int waiters_per_turn = 32;

}  // namespace

void LoadWaits::add(LoadWaiter& waiter, ipc::FileId file) {
    waiter.unlink();
    waiter.file_ = file;
    waiting_.push_back(waiter);
}

void LoadWaits::loaded(ipc::FileId file) {
    if (!waiting_.empty())
        loaded_.push_back(file);
}

void LoadWaits::end_batch() {
    if (loaded_.empty())
        return;
    std::ranges::sort(loaded_, {}, &ipc::FileId::value);
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const auto waiter = it++;
        if (std::ranges::binary_search(loaded_, waiter->file_.value, {}, &ipc::FileId::value))
            due_.splice(due_.end(), waiting_, waiter);
    }
    loaded_.clear();
    run();
}

void LoadWaits::wake_all() {
    due_.splice(due_.end(), waiting_);
    run();
}

void LoadWaits::run() {
    for (int i = 0; i < waiters_per_turn && !due_.empty(); ++i) {
        LoadWaiter& waiter = due_.front();
        waiter.unlink();
        waiter.loaded();
    }
    if (due_.empty() || std::exchange(is_posted_, true))
        return;
    boost::asio::post(context_, [this] {
        is_posted_ = false;
        run();
    });
}

}  // namespace treecast::proxy
