#include "watcher/spellings.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(spellings)

BOOST_AUTO_TEST_CASE(another_spelling_swaps_the_case_of_the_first_letter) {
    BOOST_TEST(other_spelling("foo") == "Foo");
    BOOST_TEST(other_spelling("1-Foo.txt") == "1-foo.txt");
    BOOST_TEST(other_spelling("..data") == "..Data");
    BOOST_TEST(other_spelling("12_") == "");
    BOOST_TEST(other_spelling("\xc3\xa9") == "");
}

BOOST_AUTO_TEST_SUITE_END()
