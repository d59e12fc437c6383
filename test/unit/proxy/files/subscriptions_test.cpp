#include "proxy/files/subscriptions.hpp"

#include "test/unit/proxy/net/connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(subscriptions)

namespace {

/// The waiters here are never answered.
struct NoAnswers final : FileAnswers {
    Result<Response> make(
        std::string_view /*path*/,
        const Sighting& /*seen*/,
        const FileRequest& /*request*/,
        const PollDecision& /*decision*/,
        Persistence /*persistence*/
    ) override {
        return Response{};
    }
    Response try_again(
        const FileRequest& /*request*/,
        Persistence /*persistence*/,
        std::string /*detail*/,
        unsigned /*retry_after_s*/
    ) override {
        return {};
    }
};

struct Owner final : WaiterOwner {
    void wait_is_over(Waiter& waiter) override { ended.push_back(&waiter); }
    void turn_away(Waiter& waiter) override { turned_away.push_back(&waiter); }
    std::vector<const Waiter*> ended{};
    std::vector<const Waiter*> turned_away{};
};

struct Fixture : ConnectionsFixture {
    Fixture() {
        protocol.answer = [this](Connection& of) {
            connection = &of;
        };
        peer = connect();
        BOOST_TEST_REQUIRE(connection != nullptr);
    }
    std::unique_ptr<Waiter> subscribe(std::string_view path) {
        auto waiter = std::make_unique<Waiter>(*connection, answers, FileRequest{});
        subscriptions.add(path, *waiter);
        return waiter;
    }

    Connection* connection = nullptr;
    UniqueFd peer{};
    NoAnswers answers{};
    Owner owner{};
    Subscriptions subscriptions{owner};
};

constexpr ipc::FileId file{1};
constexpr ipc::FileId other_file{2};

}  // namespace

BOOST_FIXTURE_TEST_CASE(waiters_of_one_path_share_a_topic_in_their_order, Fixture) {
    const auto first = subscribe("a");
    const auto second = subscribe("a");
    const auto third = subscribe("b");

    BOOST_TEST(subscriptions.topics() == 2U);
    Topic* const topic = subscriptions.find("a");
    BOOST_TEST_REQUIRE(topic != nullptr);
    BOOST_TEST((first->topic == topic && second->topic == topic && third->topic != topic));
    BOOST_TEST(topic->waiting.size() == 2U);
    BOOST_TEST((&topic->waiting.front() == first.get()));
    BOOST_TEST((subscriptions.find("c") == nullptr));
}

/// A letter is a waiter that leaves, `+` a hold, `-` its release.
BOOST_FIXTURE_TEST_CASE(a_topic_lasts_as_long_as_it_has_waiters_or_is_held, Fixture) {
    struct {
        const char* events;
        bool exists;
    } const cases[] = {
        {"", true},
        {"x", true},
        {"y", true},
        {"xy", false},
        {"yx", false},
        {"+xy", true},
        {"+xy-", false},
        {"+x-", true},
        {"+-", true},
        {"++xy-", true},
        {"++xy--", false},
        {"x+y-", false},
    };
    for (const auto& each : cases) {
        auto x = subscribe("a");
        auto y = subscribe("a");
        Topic& topic = *subscriptions.find("a");
        subscriptions.bind(topic, file);
        int holds = 0;
        for (const char* event = each.events; *event != '\0'; ++event) {
            if (*event == '+') {
                Subscriptions::hold(topic);
                ++holds;
            } else if (*event == '-') {
                --holds;
                subscriptions.release(topic);
            } else {
                (*event == 'x' ? x : y).reset();
            }
        }
        BOOST_TEST((subscriptions.find("a") != nullptr) == each.exists, each.events);
        BOOST_TEST((subscriptions.find(file) != nullptr) == each.exists, each.events);
        BOOST_TEST(subscriptions.empty() == !each.exists, each.events);
        while (holds-- > 0)
            subscriptions.release(topic);
    }
}

BOOST_FIXTURE_TEST_CASE(a_waiter_that_is_due_leaves_as_one_that_waits, Fixture) {
    const auto first = subscribe("a");
    auto second = subscribe("a");
    Topic& topic = *first->topic;
    topic.due.splice(topic.due.end(), topic.waiting);

    second.reset();

    BOOST_TEST(topic.due.size() == 1U);
    BOOST_TEST(topic.count == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_topic_is_found_by_the_entry_that_its_path_has_now, Fixture) {
    struct Bind {
        char path;
        std::optional<ipc::FileId> file;
    };
    struct {
        const char* what;
        std::vector<Bind> binds;
        char of_file;  // the path of the topic that is found; ' ': none
        char of_other;
    } const cases[] = {
        {"no entry", {}, ' ', ' '},
        {"an entry", {{'a', file}}, 'a', ' '},
        {"each has one", {{'a', file}, {'b', other_file}}, 'a', 'b'},
        {"it was removed", {{'a', file}, {'a', std::nullopt}}, ' ', ' '},
        {"it was replaced", {{'a', file}, {'a', other_file}}, ' ', 'a'},
        {"its id was given to another path", {{'a', file}, {'b', file}}, 'b', ' '},
        {"and the first path learns of it later",
         {{'a', file}, {'b', file}, {'a', other_file}},
         'b',
         'a'},
    };
    for (const auto& each : cases) {
        const auto a = subscribe("a");
        const auto b = subscribe("b");
        for (const Bind& bind : each.binds)
            subscriptions.bind(*(bind.path == 'a' ? a : b)->topic, bind.file);

        const auto path_of = [&](ipc::FileId id) {
            const Topic* const topic = subscriptions.find(id);
            return topic == nullptr ? ' ' : topic->path[0];
        };
        BOOST_TEST(path_of(file) == each.of_file, each.what);
        BOOST_TEST(path_of(other_file) == each.of_other, each.what);
    }
}

BOOST_FIXTURE_TEST_CASE(the_owner_handles_the_end_of_a_wait_and_the_stop, Fixture) {
    const auto waiter = subscribe("a");
    waiter->wait_is_over();
    BOOST_TEST((owner.ended == std::vector<const Waiter*>{waiter.get()}));
    BOOST_TEST(owner.turned_away.empty());
    waiter->turn_away();
    BOOST_TEST((owner.turned_away == std::vector<const Waiter*>{waiter.get()}));
}

BOOST_FIXTURE_TEST_CASE(a_poll_ends_with_its_peer_and_a_load_does_not, Fixture) {
    auto owned = subscribe("a");
    Waiter& waiter = *owned;
    connection->hold(std::move(owned), Clock::now() + std::chrono::hours(1));
    waiter.loading = true;
    waiter.peer_ended();
    BOOST_TEST(!subscriptions.empty());

    waiter.loading = false;
    waiter.peer_ended();
    BOOST_TEST(subscriptions.empty());
}

BOOST_AUTO_TEST_SUITE_END()
