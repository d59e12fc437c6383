#include "proxy/feed/interest_index.hpp"

#include "proxy/feed/feed_topics.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using treecast::test::make_interest;
using treecast::test::Texts;

BOOST_AUTO_TEST_SUITE(interest_index)

namespace {

using Topics = std::vector<std::unique_ptr<FeedTopic>>;

std::unique_ptr<FeedTopic> make(Texts paths, Texts prefixes = {}, const Texts& globs = {}) {
    return std::make_unique<FeedTopic>(make_interest(std::move(paths), std::move(prefixes), globs));
}

std::set<const FeedTopic*> found(const InterestIndex& index, const std::string& path) {
    std::set<const FeedTopic*> topics;
    index.find(path, [&](FeedTopic& topic) {
        topics.insert(&topic);
    });
    return topics;
}

std::set<const FeedTopic*> matching(const Topics& topics, const std::string& path) {
    std::set<const FeedTopic*> all;
    for (const auto& topic : topics)
        if (topic->interest->matches(path))
            all.insert(topic.get());
    return all;
}

std::string random_path(std::mt19937_64& random) {
    std::string path(1, "abc"[random() % 3]);
    for (std::size_t i = random() % 8; i > 0; --i) {
        if (random() % 3 == 0 && path.back() != '/')
            path += '/';
        path += "abc"[random() % 3];
    }
    return path;
}

std::unique_ptr<FeedTopic> random_topic(std::mt19937_64& random) {
    InterestLists lists;
    for (std::size_t i = random() % 4; i > 0; --i)
        lists.paths.push_back(random_path(random));
    for (std::size_t i = random() % 3; i > 0; --i) {
        const std::string path = random_path(random);
        lists.prefixes.push_back(path.substr(0, random() % (path.size() + 1)));
    }
    for (std::size_t i = random() % 3; i > 0; --i) {
        std::string glob = random_path(random);
        if (const auto slash = glob.rfind('/'); slash != glob.npos && random() % 2 == 0)
            glob.replace(slash, glob.npos, "/**");
        else
            glob.back() = "*?"[random() % 2];
        lists.globs.push_back(Glob::parse(random() % 8 == 0 ? "**/" + glob : glob).value());
    }
    return std::make_unique<FeedTopic>(Interest(std::move(lists)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(topics_are_found_by_what_they_ask_for) {
    Topics topics;
    topics.push_back(make({}));
    topics.push_back(make({"a", "b/c"}));
    topics.push_back(make({"a"}, {"b/"}));
    topics.push_back(make({}, {"b/", "b/c"}));
    topics.push_back(make({}, {}, {"b/*.txt", "**/c"}));
    InterestIndex index;
    for (const auto& topic : topics)
        index.add(*topic, *topic->interest);

    struct {
        const char* path;
        std::vector<std::size_t> topics;
    } const cases[] = {
        {"a", {0, 1, 2}},
        {"b", {0}},
        {"b/c", {0, 1, 2, 3, 4}},
        {"b/cd", {0, 2, 3}},
        {"b/x.txt", {0, 2, 3, 4}},
        {"d/c", {0, 4}},
        {"c", {0, 4}},
        {"aa", {0}},
    };
    for (const auto& each : cases) {
        std::set<const FeedTopic*> expected;
        for (const std::size_t i : each.topics)
            expected.insert(topics[i].get());
        BOOST_TEST((found(index, each.path) == expected), each.path);
    }
}

BOOST_AUTO_TEST_CASE(a_topic_is_visited_once_for_each_kind_that_matches) {
    const auto topic = make({"a/b"}, {"a/", "a/b", "a"}, {"a/*", "**"});
    InterestIndex index;
    index.add(*topic, *topic->interest);
    int visits = 0;
    index.find("a/b", [&](FeedTopic&) {
        ++visits;
    });
    BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(random_topics_are_found_as_a_look_at_each_would_and_leave_nothing) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 100; ++round) {
        InterestIndex index;
        Topics topics;
        for (int step = 0; step < 60; ++step) {
            if (!topics.empty() && random() % 3 == 0) {
                std::swap(topics[random() % topics.size()], topics.back());
                index.remove(*topics.back(), *topics.back()->interest);
                topics.pop_back();
            } else {
                topics.push_back(random_topic(random));
                index.add(*topics.back(), *topics.back()->interest);
            }
            const std::string path = random_path(random);
            BOOST_TEST_REQUIRE(
                (found(index, path) == matching(topics, path)),
                "seed " << seed << ", " << path
            );
        }
        for (const auto& topic : topics)
            index.remove(*topic, *topic->interest);
        for (int i = 0; i < 10; ++i)
            BOOST_TEST_REQUIRE(found(index, random_path(random)).empty(), "seed " << seed);
        BOOST_TEST(index.empty());
    }
}

BOOST_AUTO_TEST_CASE(to_remove_one_leaves_the_others_of_the_same_texts) {
    const auto one = make({"a", "b"}, {"c/"});
    const auto other = make({"a"}, {"c/"});
    InterestIndex index;
    index.add(*one, *one->interest);
    index.add(*other, *other->interest);

    index.remove(*one, *one->interest);

    BOOST_TEST((found(index, "a") == std::set<const FeedTopic*>{other.get()}));
    BOOST_TEST((found(index, "c/x") == std::set<const FeedTopic*>{other.get()}));
    BOOST_TEST(found(index, "b").empty());
}

BOOST_AUTO_TEST_SUITE_END()
