#include "proxy/source/due_topics.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(due_topics)

namespace {

struct Topic
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Topic(char name_, std::size_t due_) : name(name_), due(due_) {}
    using list_base_hook::is_linked;
    using list_base_hook::unlink;
    const char name;
    std::size_t due;  // waiters
};

struct Fixture {
    bool evaluate(Topic& topic, std::size_t& budget) {
        const std::size_t evaluated = std::min(budget, topic.due);
        budget -= evaluated;
        topic.due -= evaluated;
        log += topic.name + std::to_string(evaluated) + ' ';
        return topic.due != 0;
    }
    std::string take_log() { return std::exchange(log, {}); }

    boost::asio::io_context context{1};
    std::string log;
    DueTopics<Topic> due{context, [this](Topic& topic, std::size_t& budget) {
                             return evaluate(topic, budget);
                         }};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_turn_evaluates_so_many_and_posts_itself_for_the_rest, Fixture) {
    Topic many('a', 600);
    due.add(many);
    due.add(many);

    due.run();
    BOOST_TEST(take_log() == "a256 ");
    BOOST_TEST(context.poll_one() == 1u);
    BOOST_TEST(take_log() == "a256 ");
    BOOST_TEST(context.poll_one() == 1u);
    BOOST_TEST(take_log() == "a88 ");
    BOOST_TEST(context.poll_one() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_topic_with_many_does_not_keep_the_others_waiting, Fixture) {
    Topic many('a', 600);
    Topic few('b', 3);
    Topic more('c', 300);
    for (Topic* const topic : {&many, &few, &more})
        due.add(*topic);

    due.run();
    BOOST_TEST(take_log() == "a256 ");
    context.poll_one();
    BOOST_TEST(take_log() == "b3 c253 ");
    context.poll_one();
    BOOST_TEST(take_log() == "a256 ");
    context.poll_one();
    BOOST_TEST(take_log() == "c47 a88 ");
    BOOST_TEST(context.poll() == 0u);
}

BOOST_FIXTURE_TEST_CASE(one_turn_at_a_time_is_posted, Fixture) {
    Topic many('a', 5 * 256);
    due.add(many);
    for (int i = 0; i < 3; ++i)
        due.run();
    BOOST_TEST(take_log() == "a256 a256 a256 ");

    BOOST_TEST(context.poll() == 2u);

    BOOST_TEST(take_log() == "a256 a256 ");
}

BOOST_FIXTURE_TEST_CASE(nothing_is_posted_when_nothing_is_left, Fixture) {
    due.run();
    Topic exactly('a', 256);
    due.add(exactly);
    due.run();
    BOOST_TEST(context.poll() == 0u);
    BOOST_TEST(take_log() == "a256 ");

    due.add(exactly);
    BOOST_TEST(exactly.is_linked());
    due.run();
    BOOST_TEST(take_log() == "a0 ");
    BOOST_TEST(!exactly.is_linked());
}

BOOST_FIXTURE_TEST_CASE(a_topic_that_is_gone_is_not_evaluated, Fixture) {
    Topic many('a', 300);
    auto other = std::make_unique<Topic>('b', 1);
    due.add(many);
    due.add(*other);
    due.run();

    other.reset();
    context.poll();

    BOOST_TEST(take_log() == "a256 a44 ");
}

BOOST_AUTO_TEST_CASE(a_topic_may_end_when_none_of_its_waiters_is_due) {
    boost::asio::io_context context{1};
    auto topic = std::make_unique<Topic>('a', 1);
    DueTopics<Topic> due(context, [&](Topic&, std::size_t& budget) {
        --budget;
        topic.reset();
        return false;
    });
    due.add(*topic);
    due.run();
    BOOST_TEST(!topic);
}

BOOST_AUTO_TEST_SUITE_END()
