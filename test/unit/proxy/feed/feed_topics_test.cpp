#include "proxy/feed/feed_topics.hpp"

#include "proxy/feed/feed_waiter.hpp"
#include "test/unit/proxy/feed/feed_connection_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using treecast::test::FeedConnectionFixture;
using treecast::test::make_interest;

BOOST_AUTO_TEST_SUITE(feed_topics)

namespace {

/// The page of the changes after a revision.
MadePage page_of(std::size_t bytes, std::uint64_t after = 0) {
    return {
        .key = {.after = after, .limit = 10},
        .changes = std::make_shared<const std::string>(bytes, 'x')};
}

/// A topic for which the page of the changes after 0 is made.
FeedTopic& add_topic_with_page(FeedTopics& topics, const std::string& path, std::size_t bytes) {
    FeedTopic& topic = topics.topic_of(make_interest({path}));
    const FeedTopics::Use use(topics, topic);
    topics.add_page(topic, page_of(bytes));
    return topic;
}

/// The paths that some topic is found by.
std::string found(const FeedTopics& topics, const std::vector<std::string>& paths) {
    std::string all;
    for (const std::string& path : paths)
        for (std::size_t i = topics.find(path).size(); i > 0; --i)
            all += path;
    return all;
}

/// Waiters of one connection. Nothing is sent on it.
struct Fixture : FeedConnectionFixture, FeedWaiterOwner {
    void wait_is_over(FeedWaiter&) override {}
    void turn_away(FeedWaiter&) override {}
    void evaluate(FeedWaiter&, FeedTurn&) override {}
    void removed(FeedWaiter& waiter) override { topics.remove(waiter); }

    std::unique_ptr<FeedWaiter> make_waiter() {
        return std::make_unique<FeedWaiter>(connection(), *this, FeedRequest{});
    }

    FeedTopics topics;
};

}  // namespace

BOOST_AUTO_TEST_CASE(equal_interests_are_one_topic) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a", "b"}));
    const FeedTopics::Use use(topics, topic);
    BOOST_TEST(&topics.topic_of(make_interest({"b", "a", "b"})) == &topic);
    FeedTopic& other = topics.topic_of(make_interest({"a"}));
    const FeedTopics::Use other_use(topics, other);
    BOOST_TEST(&other != &topic);
    BOOST_TEST(topics.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_topic_exists_and_is_found_while_somebody_uses_it) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    std::optional<FeedTopics::Use> first(std::in_place, topics, topic);
    std::optional<FeedTopics::Use> second(std::in_place, topics, topic);
    first.reset();
    BOOST_TEST(!topics.empty());
    BOOST_TEST(found(topics, {"a", "b"}) == "a");

    second.reset();

    BOOST_TEST(topics.empty());
    BOOST_TEST(found(topics, {"a", "b"}).empty());
}

BOOST_FIXTURE_TEST_CASE(a_topic_exists_while_it_has_waiters, Fixture) {
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    auto one = make_waiter();
    auto other = make_waiter();
    topics.add(topic, *one);
    topics.add(topic, *other);
    BOOST_TEST(topics.has_subscribers());
    BOOST_TEST(topic.waiting.size() == 2u);
    topic.due.splice(topic.due.end(), topic.waiting);

    one.reset();
    BOOST_TEST(topics.has_subscribers());
    BOOST_TEST(topic.due.size() == 1u);
    topics.remove(*other);
    BOOST_TEST(!topics.has_subscribers());
    BOOST_TEST(topics.empty());

    other.reset();  // is removed a second time
    make_waiter().reset();
    BOOST_TEST(!topics.has_subscribers());
}

BOOST_FIXTURE_TEST_CASE(a_topic_outlives_its_waiters_while_it_has_pages, Fixture) {
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    auto waiter = make_waiter();
    topics.add(topic, *waiter);
    topics.add_page(topic, page_of(1));
    waiter.reset();
    BOOST_TEST(!topics.empty());

    topics.drop_pages(topic);

    BOOST_TEST(topics.empty());
    BOOST_TEST(found(topics, {"a"}).empty());
}

BOOST_AUTO_TEST_CASE(a_page_is_found_by_all_of_its_key) {
    const std::vector<PageKey> keys{
        {.after = 1, .limit = 10},
        {.after = 2, .limit = 10},
        {.after = 1, .limit = 11},
        {.kind = PageKey::Kind::state, .limit = 10},
        {.kind = PageKey::Kind::snapshot, .limit = 10},
        {.kind = PageKey::Kind::snapshot, .from = {3, 0}, .limit = 10},
        {.kind = PageKey::Kind::snapshot, .from = {3, 4}, .limit = 10},
        {.after = 1, .limit = 10, .form = PageForm::events},
        {.after = 1, .limit = 10, .form = PageForm::events_of_state},
    };
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    const FeedTopics::Use use(topics, topic);
    FeedTopic& other = add_topic_with_page(topics, "b", 1);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        BOOST_TEST(topics.find_page(topic, keys[i]) == nullptr);
        MadePage page = page_of(1);
        page.key = keys[i];
        page.revision = i;
        topics.add_page(topic, page);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const MadePage* const page = topics.find_page(topic, keys[i]);
        BOOST_TEST_REQUIRE(page != nullptr);
        BOOST_TEST(page->revision == i);
        BOOST_TEST(topics.find_page(other, keys[i]) == nullptr);
    }

    topics.drop_pages(topic);

    for (const PageKey& key : keys)
        BOOST_TEST(topics.find_page(topic, key) == nullptr);
    BOOST_TEST(topics.find_page(other, page_of(1).key) != nullptr);
    topics.drop_pages(topic);  // there are none
    topics.drop_pages(other);
    BOOST_TEST(topics.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_topic_is_found_once_however_often_it_matches) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}, {"a"}, {"?"}));
    const FeedTopics::Use use(topics, topic);
    FeedTopic& other = topics.topic_of(make_interest({"b"}, {"a"}));
    const FeedTopics::Use other_use(topics, other);
    BOOST_TEST(topics.find("a").size() == 2u);
    BOOST_TEST((topics.find("c") == std::vector<FeedTopic*>{&topic}));
    BOOST_TEST((topics.find("b/c").empty()));
    BOOST_TEST(topics.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_page_replaces_the_one_of_the_same_key) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    const std::size_t half = FeedTopics::page_bytes_max / 2;
    for (std::uint64_t revision = 0; revision < 10; ++revision) {
        MadePage page = page_of(half);
        page.revision = revision;
        topics.add_page(topic, page);
    }
    const MadePage* const page = topics.find_page(topic, page_of(0).key);
    BOOST_TEST_REQUIRE(page != nullptr);
    BOOST_TEST(page->revision == 9u);
    BOOST_TEST(topic.pages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_oldest_page_of_a_topic_with_many_goes) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    for (std::uint64_t after = 0; after < 65; ++after)
        topics.add_page(topic, page_of(1, after));
    BOOST_TEST(topics.find_page(topic, page_of(1, 0).key) == nullptr);
    for (const std::uint64_t after : {1U, 2U, 63U, 64U})
        BOOST_TEST(topics.find_page(topic, page_of(1, after).key) != nullptr);
    BOOST_TEST(topic.pages.size() == 64u);
}

BOOST_AUTO_TEST_CASE(the_pages_of_topics_that_were_used_least_recently_go_first) {
    constexpr std::size_t third = FeedTopics::page_bytes_max / 3 - 10'000;
    FeedTopics topics;
    FeedTopic& a = add_topic_with_page(topics, "a", third);
    add_topic_with_page(topics, "b", third);
    FeedTopic& c = add_topic_with_page(topics, "c", third);
    BOOST_TEST(found(topics, {"a", "b", "c"}) == "abc");

    topics.find_page(a, page_of(0).key);
    add_topic_with_page(topics, "d", third);
    BOOST_TEST(found(topics, {"a", "b", "c", "d"}) == "acd");

    topics.add_page(c, page_of(1000, 1));
    add_topic_with_page(topics, "e", third);
    BOOST_TEST(found(topics, {"a", "c", "d", "e"}) == "cde");
}

BOOST_AUTO_TEST_CASE(pages_and_the_interests_that_they_keep_are_bounded_together) {
    struct {
        std::size_t page;
        std::size_t path;
    } const cases[] = {{1'000'000, 1}, {1, 1'000'000}, {500'000, 500'000}};
    for (const auto& each : cases) {
        FeedTopics topics;
        std::size_t one = 0;
        for (int i = 100; i < 200; ++i) {
            // Used beside the bound: the topic is gone when its page is.
            const std::string path = std::to_string(i) + std::string(each.path, 'p');
            one = make_interest({path}).memory() + each.page + sizeof(MadePage);
            add_topic_with_page(topics, path, each.page);
        }
        BOOST_TEST(topics.all().size() <= FeedTopics::page_bytes_max / one);
        BOOST_TEST(topics.all().size() + 1 >= FeedTopics::page_bytes_max / one);
    }
}

BOOST_AUTO_TEST_CASE(the_room_of_pages_that_are_gone_is_free_again) {
    constexpr std::size_t quarter = FeedTopics::page_bytes_max / 4 - 1000;
    FeedTopics topics;
    for (int i = 0; i < 20; ++i) {
        FeedTopic& topic = add_topic_with_page(topics, "a", quarter);
        const FeedTopics::Use use(topics, topic);
        topics.add_page(topic, page_of(quarter, 1));
        topics.drop_pages(topic);
        for (std::uint64_t after = 0; after < 100; ++after)
            topics.add_page(topic, page_of(10'000, after));
        topics.drop_pages(topic);
    }
    for (const char* const path : {"a", "b", "c", "d"})
        add_topic_with_page(topics, path, quarter);
    BOOST_TEST(found(topics, {"a", "b", "c", "d"}) == "abcd");
}

BOOST_AUTO_TEST_CASE(a_page_that_somebody_holds_is_counted_when_it_is_given_up) {
    const std::vector<std::pair<const char*, std::function<void(FeedTopics&, FeedTopic&)>>> ends{
        {"dropped",
         [](FeedTopics& topics, FeedTopic& topic) {
             topics.drop_pages(topic);
         }},
        {"made again",
         [](FeedTopics& topics, FeedTopic& topic) {
             topics.add_page(topic, page_of(1));
         }},
        {"beyond the bound", [](FeedTopics& topics, FeedTopic& topic) {
             topics.add_page(topic, page_of(FeedTopics::page_bytes_max, 7));
         }}};
    constexpr std::uint64_t size = Content::counted_on_heap_min;
    for (const auto& [what, end] : ends)
        for (const bool is_held : {true, false}) {
            Counters counters;
            FeedTopics topics;
            FeedTopic& topic = topics.topic_of(make_interest({"a"}));
            const FeedTopics::Use use(topics, topic);
            MadePage page = page_of(size);
            page.content =
                std::make_shared<Content>(page.changes, -1, *page.changes, size, counters);
            auto held = is_held ? page.content : nullptr;
            topics.add_page(topic, std::move(page));
            BOOST_TEST(counters.pinned_bytes == 0u, what);
            end(topics, topic);
            BOOST_TEST(counters.pinned_bytes == (is_held ? size : 0u), what);
            held.reset();
            BOOST_TEST(counters.pinned_bytes == 0u, what);
        }
}

BOOST_AUTO_TEST_CASE(a_page_beyond_the_bound_is_kept_as_long_as_it_is_the_newest) {
    FeedTopics topics;
    FeedTopic& topic = topics.topic_of(make_interest({"a"}));
    topics.add_page(topic, page_of(1, 7));
    topics.add_page(topic, page_of(FeedTopics::page_bytes_max));
    BOOST_TEST(topics.find_page(topic, page_of(0).key) != nullptr);
    BOOST_TEST(topics.find_page(topic, page_of(0, 7).key) == nullptr);
    add_topic_with_page(topics, "b", 1);
    BOOST_TEST(found(topics, {"a", "b"}) == "b");
}

BOOST_AUTO_TEST_SUITE_END()
