// Globs and paths at random, against a matcher that is too simple to be wrong and too slow to be
// used. The globs are drawn as lists of elements, so the reference parses nothing.
#include "base/glob.hpp"
#include "base/tree_path.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(glob_random)

namespace {

using treecast::Glob;

enum class Kind { character, any_character, any_characters, set, slash, any_directories, any_rest };

struct Element {
    Kind kind = Kind::character;
    std::string text{};                  // in the glob
    std::vector<std::string> members{};  // of characters and sets
    bool negated = false;
};

/// A path cut into its characters, '/' among them.
using Characters = std::span<const std::string>;

bool matches(std::span<const Element> glob, Characters path) {
    if (glob.empty())
        return path.empty();
    const Element& first = glob.front();
    const auto rest = glob.subspan(1);
    const bool is_at_name = !path.empty() && path.front() != "/";
    switch (first.kind) {
        case Kind::slash:
            return !path.empty() && path.front() == "/" && matches(rest, path.subspan(1));
        case Kind::character:
        case Kind::set:
        case Kind::any_character: {
            const bool found = is_at_name && std::ranges::count(first.members, path.front()) > 0;
            return is_at_name && found != first.negated && matches(rest, path.subspan(1));
        }
        case Kind::any_characters:
            return matches(rest, path) || (is_at_name && matches(glob, path.subspan(1)));
        case Kind::any_directories:  // with the slash behind it
            for (std::size_t i = 0; i <= path.size(); ++i)
                if ((i == 0 || path[i - 1] == "/") && matches(rest, path.subspan(i)))
                    return true;
            return false;
        case Kind::any_rest:
            return !path.empty();
    }
    return false;
}

using Random = std::mt19937_64;

template <class List>
const auto& one_of(const List& list, Random& random) {
    return list[random() % std::size(list)];
}

/// Characters of one to four bytes, and those that globs quote.
const std::array<std::string, 8>
    alphabet{"a", "b", "a", "b", "*", "\u00e9", "\u20ac", "\U0001F333"};

Element random_character_element(Random& random) {
    const std::string& character = one_of(alphabet, random);
    switch (random() % 8) {
        case 0:
        case 1:
            return {Kind::any_character, "?", {}, true};
        case 2:
            return {Kind::set, "[" + character + "a]", {character, "a"}};
        case 3:
            return {Kind::set, "[!" + character + "]", {character}, true};
        case 4:
            return {Kind::set, "[a-\u00e9]", {"a", "b", "\u00e9"}};
        default:
            return {Kind::character, (character == "*" ? "\\" : "") + character, {character}};
    }
}

std::vector<Element> random_glob(Random& random) {
    std::vector<Element> glob;
    const std::size_t components = 1 + random() % 5;
    for (std::size_t i = 0; i < components; ++i) {
        const bool is_last = i + 1 == components;
        if (random() % 3 == 0) {
            glob.push_back({is_last ? Kind::any_rest : Kind::any_directories, "**"});
            if (!is_last)
                glob.back().text += '/';
            continue;
        }
        for (std::size_t length = 1 + random() % 3; length > 0; --length) {
            const bool after_star = !glob.empty() && glob.back().kind == Kind::any_characters;
            if (random() % 3 == 0 && !after_star)
                glob.push_back({Kind::any_characters, "*"});
            else
                glob.push_back(random_character_element(random));
        }
        if (!is_last)
            glob.push_back({Kind::slash, "/"});
    }
    return glob;
}

std::vector<std::string> random_path(Random& random) {
    std::vector<std::string> path;
    const std::size_t components = 1 + random() % 5;
    for (std::size_t i = 0; i < components; ++i) {
        if (i > 0)
            path.emplace_back("/");
        for (std::size_t length = 1 + random() % 3; length > 0; --length)
            path.push_back(one_of(alphabet, random));
    }
    return path;
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_globs_match_as_the_slow_matcher_says) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    Random random(seed);
    int matching = 0;
    constexpr int globs = 2000;
    constexpr int paths = 40;
    for (int i = 0; i < globs; ++i) {
        const auto elements = random_glob(random);
        std::string text;
        for (const Element& element : elements)
            text += element.text;
        const auto glob = Glob::parse(text);
        BOOST_TEST_REQUIRE(glob.has_value(), text << ", seed " << seed);
        for (int j = 0; j < paths; ++j) {
            const auto characters = random_path(random);
            std::string path;
            for (const std::string& character : characters)
                path += character;
            const bool expected = matches(elements, characters);
            matching += expected ? 1 : 0;
            if (glob->matches(path) != expected)
                BOOST_FAIL(text << " and " << path << ", seed " << seed);
            if (expected && !path.starts_with(glob->literal_prefix()))
                BOOST_FAIL(text << " has too long a prefix, seed " << seed);
        }
    }
    BOOST_TEST(matching > globs * paths / 50);  // else it would have tested little
}

BOOST_AUTO_TEST_SUITE_END()
