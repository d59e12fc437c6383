#include "watcher/logged_paths.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(logged_paths)

BOOST_AUTO_TEST_CASE(each_thing_is_logged_once_and_not_without_end) {
    LoggedPaths logged;
    BOOST_TEST(logged.is_new("a"));
    BOOST_TEST(!logged.is_new("a"));
    BOOST_TEST(logged.is_new("b"));
    std::size_t count = 2;
    while (count < LoggedPaths::paths_max && logged.is_new(std::to_string(count)))
        ++count;
    BOOST_TEST(count == LoggedPaths::paths_max);
    BOOST_TEST(!logged.is_new("one more"));
}

BOOST_AUTO_TEST_SUITE_END()
