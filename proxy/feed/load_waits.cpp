#include "proxy/feed/load_waits.hpp"

#include <algorithm>
#include <cstddef>

namespace treecast::proxy {

namespace {

/// Waiters that are woken before others get their turn. Each goes on with the parts of an answer.
constexpr std::size_t waiters_per_turn = 32;
constexpr std::size_t share_of_turn = DueTopics<LoadWaiter>::waiters_per_turn / waiters_per_turn;

}  // namespace

LoadWaits::LoadWaits(boost::asio::io_context& context)
    : due_(context, [](LoadWaiter& waiter, std::size_t& budget) {
          budget -= std::min(budget, share_of_turn);
          waiter.loaded();
          return false;
      }) {}

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
        LoadWaiter& waiter = *it++;
        if (std::ranges::binary_search(loaded_, waiter.file_.value, {}, &ipc::FileId::value))
            make_due(waiter);
    }
    loaded_.clear();
    due_.run();
}

void LoadWaits::wake_all() {
    while (!waiting_.empty())
        make_due(waiting_.front());
    due_.run();
}

void LoadWaits::make_due(LoadWaiter& waiter) {
    waiter.unlink();
    due_.add(waiter);
}

}  // namespace treecast::proxy
