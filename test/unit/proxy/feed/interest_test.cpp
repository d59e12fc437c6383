#include "proxy/feed/interest.hpp"

#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using treecast::test::make_interest;
using treecast::test::Texts;

BOOST_AUTO_TEST_SUITE(interest)

BOOST_AUTO_TEST_CASE(a_path_matches_by_any_of_the_lists) {
    struct {
        Interest interest;
        Texts matching;
        Texts others;
    } const cases[] = {
        {make_interest({}), {"a", "a/b", "\xc3\xa9"}, {}},
        {make_interest({"a", "b/c"}), {"a", "b/c"}, {"aa", "a/b", "b", "b/c/d"}},
        {make_interest({}, {"a/", "bc"}),
         {"a/x", "a/x/y", "bc", "bcd", "bc/d"},
         {"a", "b", "ab/x"}},
        {make_interest({}, {}, {"*.txt", "conf/**"}), {"a.txt", "conf/a/b"}, {"d/a.txt", "conf"}},
        {make_interest({"x"}, {"y/"}, {"*z"}), {"x", "y/x", "az"}, {"y", "x/a", "d/z"}},
        {make_interest({"x"}, {""}), {"x", "y"}, {}},
    };
    for (const auto& each : cases) {
        for (const std::string& path : each.matching)
            BOOST_TEST(each.interest.matches(path), path);
        for (const std::string& path : each.others)
            BOOST_TEST(!each.interest.matches(path), path);
    }
}

BOOST_AUTO_TEST_CASE(roots_begin_what_matches_and_no_root_begins_another) {
    struct {
        Interest interest;
        Texts roots;
    } const cases[] = {
        {make_interest({}), {""}},
        {make_interest({"a", "b"}), {}},
        {make_interest({"a"}, {"b/", "a"}), {"a", "b/"}},
        {make_interest({}, {"a/b", "a/", "a/c/d", "ab"}), {"a/", "ab"}},
        {make_interest({}, {"a!", "a", "a/b", "b"}), {"a", "b"}},
        {make_interest({}, {}, {"conf/**", "conf/*.d/x", "a\\*b?", "plain"}),
         {"a*b", "conf/", "plain"}},
        {make_interest({}, {"conf"}, {"conf/**", "d/*"}), {"conf", "d/"}},
        {make_interest({"a"}, {"b"}, {"**/x"}), {""}},
    };
    for (const auto& each : cases)
        BOOST_TEST(each.interest.roots() == each.roots, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(interests_of_the_same_sets_are_equal) {
    struct {
        Interest left;
        Interest right;
        bool are_equal;
    } const cases[] = {
        {make_interest({"a", "b"}, {"c"}, {"*", "?"}),
         make_interest({"b", "a", "b"}, {"c", "c"}, {"?", "*", "?"}),
         true},
        {make_interest({}), make_interest({}, {""}), true},
        {make_interest({}), make_interest({}, {}, {"**"}), false},
        {make_interest({"a"}), make_interest({}, {"a"}), false},
        {make_interest({"a"}), make_interest({}, {}, {"a"}), false},
        {make_interest({}, {"a"}), make_interest({}, {}, {"a"}), false},
        {make_interest({"a"}, {"b"}), make_interest({"b"}, {"a"}), false},
        {make_interest({"a"}, {"b"}), make_interest({"a"}), false},
        {make_interest({}, {}, {"a", "b"}), make_interest({}, {}, {"a"}), false},
        {make_interest({}, {}, {"[a]"}), make_interest({}, {}, {"a"}), false},
    };
    for (const auto& each : cases) {
        BOOST_TEST((each.left == each.right) == each.are_equal);
        BOOST_TEST((each.right == each.left) == each.are_equal);
        BOOST_TEST((each.left.hash() == each.right.hash()) == each.are_equal);
    }
}

BOOST_AUTO_TEST_CASE(memory_grows_with_all_that_is_kept) {
    const std::size_t little = make_interest({"a"}).memory();
    BOOST_TEST(make_interest({"a", "b"}).memory() >= little + 48);
    BOOST_TEST(make_interest({std::string(1001, 'a')}).memory() >= little + 1000);
    BOOST_TEST(make_interest({"a"}, {"b"}).memory() >= little + 256);
    BOOST_TEST(make_interest({"a"}, {}, {"b"}).memory() >= little + 256);
}

BOOST_AUTO_TEST_SUITE_END()
