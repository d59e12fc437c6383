#include "proxy/feed/text_set.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using treecast::proxy::TextSet;

BOOST_AUTO_TEST_SUITE(text_set)

namespace {

using Texts = std::vector<std::string>;

Texts members(const TextSet& set) {
    Texts all;
    for (std::size_t i = 0; i < set.size(); ++i)
        all.emplace_back(set[i]);
    return all;
}

bool has_prefix_of(const Texts& texts, const std::string& text) {
    return std::ranges::any_of(texts, [&](const std::string& each) {
        return text.starts_with(each);
    });
}

std::string random_text(std::mt19937_64& random, std::size_t longest) {
    std::string text(random() % (longest + 1), ' ');
    for (char& c : text)
        c = "ab/\xff"[random() % 4];
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_sorted_by_bytes_and_without_repeated_texts) {
    struct {
        Texts given;
        Texts sorted;
        std::string block;
    } const cases[] = {
        {{}, {}, {}},
        {{""}, {""}, std::string("\0", 1)},
        {{"b", "a", "b", "a"}, {"a", "b"}, std::string("a\0b\0", 4)},
        {{"\xc3\xa9", "a/b", "a", "", "a b", "Z", ""},
         {"", "Z", "a", "a b", "a/b", "\xc3\xa9"},
         std::string("\0Z\0a\0a b\0a/b\0\xc3\xa9\0", 16)},
    };
    for (const auto& each : cases) {
        const TextSet set(each.given);
        BOOST_TEST(members(set) == each.sorted, boost::test_tools::per_element());
        BOOST_TEST((set.block() == each.block));
        BOOST_TEST(set.empty() == each.sorted.empty());
    }
}

BOOST_AUTO_TEST_CASE(sets_of_the_same_texts_are_equal) {
    struct {
        Texts left;
        Texts right;
        bool are_equal;
    } const cases[] = {
        {{"a", "b"}, {"b", "a", "b"}, true},
        {{}, {}, true},
        {{}, {""}, false},
        {{"ab"}, {"a", "b"}, false},
        {{"a"}, {"a", "b"}, false},
        {{"a", ""}, {"a"}, false},
    };
    for (const auto& each : cases)
        BOOST_TEST((TextSet(each.left) == TextSet(each.right)) == each.are_equal);
}

BOOST_AUTO_TEST_CASE(it_contains_its_texts_and_the_prefixes_of_others) {
    const TextSet set({"a", "ab/", "b/c/d", "b/c", "d"});
    struct {
        const char* text;
        bool is_contained;
        bool has_prefix;
    } const cases[] = {
        {"", false, false},
        {"a", true, true},
        {"a/x", false, true},
        {"ab", false, true},
        {"ab/x", false, true},
        {"b", false, false},
        {"b/", false, false},
        {"b/b", false, false},
        {"b/c", true, true},
        {"b/c/d/e", false, true},
        {"b/d", false, false},
        {"c", false, false},
        {"e", false, false},
    };
    for (const auto& each : cases) {
        BOOST_TEST(set.contains(each.text) == each.is_contained, each.text);
        BOOST_TEST(set.contains_prefix_of(each.text) == each.has_prefix, each.text);
    }
    for (const char* const text : {"", "a"}) {
        BOOST_TEST(!TextSet().contains(text));
        BOOST_TEST(!TextSet().contains_prefix_of(text));
        BOOST_TEST(TextSet(Texts{""}).contains_prefix_of(text));
    }
}

BOOST_AUTO_TEST_CASE(random_sets_answer_as_a_look_at_each_text_would) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 2000; ++round) {
        Texts texts(random() % 12);
        for (std::string& text : texts)
            text = random_text(random, 6) + (random() % 64 == 0 ? "" : "a");
        const TextSet set(texts);
        for (int i = 0; i < 20; ++i) {
            const std::string text = random_text(random, 9);
            const bool is_contained = std::ranges::find(texts, text) != texts.end();
            BOOST_TEST_REQUIRE(set.contains(text) == is_contained, "seed " << seed);
            BOOST_TEST_REQUIRE(
                set.contains_prefix_of(text) == has_prefix_of(texts, text),
                "seed " << seed
            );
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
