// Topics whose waiters have to be evaluated again, in turns: an event that concerns ten thousand
// waiters lets other events in between. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <functional>
#include <utility>

namespace treecast::proxy {

/// `Topic` has a list_base_hook that unlinks itself; it may be a single waiter. The list owns
/// nothing.
template <class Topic>
class DueTopics {
public:
    /// Waiters that are evaluated in one turn, and those of one topic before the next one's turn.
    static constexpr std::size_t waiters_per_turn = 256;

    /// `evaluate` evaluates at most `budget` waiters of a topic, lowers `budget` for each, and
    /// returns whether more of them are due. The topic may be gone then, if none is.
    using Evaluate = std::function<bool(Topic& topic, std::size_t& budget)>;

    DueTopics(boost::asio::io_context& context, Evaluate evaluate)
        : context_(context), evaluate_(std::move(evaluate)) {}

    void add(Topic& topic) {
        if (!topic.is_linked())
            topics_.push_back(topic);
    }
    bool empty() const noexcept { return topics_.empty(); }
    /// Evaluates one turn's waiters, and posts itself for the rest.
    void run() {
        std::size_t budget = waiters_per_turn;
        while (budget != 0 && !topics_.empty()) {
            Topic& topic = topics_.front();
            topic.unlink();
            if (evaluate_(topic, budget))
                add(topic);
        }
        if (topics_.empty() || std::exchange(is_posted_, true))
            return;
        boost::asio::post(context_, [this] {
            is_posted_ = false;
            run();
        });
    }

private:
    boost::asio::io_context& context_;
    const Evaluate evaluate_;
    boost::intrusive::list<Topic, boost::intrusive::constant_time_size<false>> topics_;
    bool is_posted_ = false;
};

}  // namespace treecast::proxy
