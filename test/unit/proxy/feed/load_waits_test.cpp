#include "proxy/feed/load_waits.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(load_waits)

namespace {

struct Waiter final : LoadWaiter {
    explicit Waiter(std::string& woken_) : woken(woken_) {}
    void loaded() override { woken += name; }
    std::string& woken;
    char name = ' ';
};

struct Fixture {
    std::unique_ptr<Waiter> wait(char name, std::uint64_t file) {
        auto waiter = std::make_unique<Waiter>(woken);
        waiter->name = name;
        waits.add(*waiter, {file});
        return waiter;
    }
    void load(std::uint64_t file) {
        waits.loaded({file});
        waits.end_batch();
    }
    boost::asio::io_context context{1};
    LoadWaits waits{context};
    std::string woken;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(those_who_wait_for_a_file_are_woken_once, Fixture) {
    const auto a = wait('a', 1);
    const auto b = wait('b', 2);
    const auto c = wait('c', 1);
    waits.loaded({3});
    waits.loaded({1});
    BOOST_TEST(woken == "");
    waits.end_batch();
    BOOST_TEST(woken == "ac");
    load(1);
    BOOST_TEST(woken == "ac");
    waits.add(*a, {2});
    load(2);
    BOOST_TEST(woken == "acba");
    BOOST_TEST(waits.empty());
}

BOOST_FIXTURE_TEST_CASE(who_waits_for_another_file_no_longer_waits_for_the_first, Fixture) {
    const auto a = wait('a', 1);
    waits.add(*a, {2});
    load(1);
    BOOST_TEST(woken == "");
    load(2);
    BOOST_TEST(woken == "a");
}

BOOST_FIXTURE_TEST_CASE(who_is_gone_is_not_woken, Fixture) {
    auto a = wait('a', 1);
    a.reset();
    BOOST_TEST(waits.empty());
    load(1);
    BOOST_TEST(woken == "");
}

BOOST_FIXTURE_TEST_CASE(many_are_woken_in_turns, Fixture) {
    std::vector<std::unique_ptr<Waiter>> waiters;
    for (int i = 0; i < 100; ++i)
        waiters.push_back(wait('x', 1));
    load(1);
    BOOST_TEST(woken.size() == 32U);
    BOOST_TEST(!waits.empty());
    waiters.back().reset();  // during its wait for its turn
    context.run();
    BOOST_TEST(woken.size() == 99U);
    BOOST_TEST(waits.empty());
}

BOOST_FIXTURE_TEST_CASE(all_are_woken_at_another_catalog, Fixture) {
    const auto a = wait('a', 1);
    const auto b = wait('b', 2);
    waits.wake_all();
    BOOST_TEST(woken == "ab");
}

BOOST_AUTO_TEST_SUITE_END()
