#include "daemon/hard_links.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

BOOST_AUTO_TEST_SUITE(hard_links)

namespace {

watcher::FileStat file(std::uint64_t inode, std::uint32_t links) {
    return {.device = 1, .inode = inode, .links = links};
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_of_one_file_are_siblings) {
    HardLinks links;
    links.see("a", file(7, 2));
    links.see("b", file(7, 2));
    links.see("c", file(8, 1));

    BOOST_TEST((links.siblings("a") == std::vector<std::string>{"b"}));
    BOOST_TEST(links.siblings("c").empty());
    BOOST_TEST(links.take_watches().empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_replaced_is_no_sibling_any_more) {
    HardLinks links;
    links.see("a", file(7, 2));
    links.see("b", file(7, 2));
    links.see("b", file(9, 1));
    links.see("a", file(7, 1));

    BOOST_TEST(links.siblings("a").empty());
    BOOST_TEST(links.siblings("b").empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_was_lost_is_told_once) {
    HardLinks links;
    BOOST_TEST(!links.see("a", file(7, 3)).lost_name);
    BOOST_TEST(!links.see("b", file(7, 3)).lost_name);

    BOOST_TEST(links.see("b", file(7, 2)).lost_name);
    BOOST_TEST(!links.see("a", file(7, 2)).lost_name);
    BOOST_TEST(links.see("a", file(7, 1)).lost_name);
    BOOST_TEST(!links.see("b", file(8, 1)).lost_name);
}

BOOST_AUTO_TEST_CASE(a_name_appears_once_and_again_when_it_was_in_doubt) {
    HardLinks links;
    BOOST_TEST(links.see("a", file(7, 2)).appeared);
    BOOST_TEST(!links.see("a", file(7, 2)).appeared);
    BOOST_TEST(!links.see("one name", file(8, 1)).appeared);

    links.doubt("a");
    links.doubt("one name");

    BOOST_TEST(links.see("a", file(7, 2)).appeared);
    BOOST_TEST(!links.see("a", file(7, 2)).appeared);
    BOOST_TEST(!links.see("one name", file(8, 1)).appeared);
    BOOST_TEST(links.see("a", file(9, 2)).appeared);
}

BOOST_AUTO_TEST_CASE(siblings_seen_before_the_file_changed_are_outdated) {
    watcher::FileStat changed = file(7, 2);
    changed.mtime_ns = changed.ctime_ns = 1;
    watcher::FileStat renamed = changed;
    renamed.ctime_ns = 2;
    HardLinks links;
    links.see("a", file(7, 2));
    links.see("b", file(7, 2));
    BOOST_TEST(links.outdated_siblings("b").empty());

    links.see("b", changed);
    BOOST_TEST((links.outdated_siblings("b") == std::vector<std::string>{"a"}));
    links.see("a", changed);
    links.see("b", renamed);
    BOOST_TEST(links.outdated_siblings("b").empty());
    BOOST_TEST(links.outdated_siblings("unknown").empty());
}

BOOST_AUTO_TEST_CASE(a_file_with_a_name_outside_is_watched_itself) {
    HardLinks links;
    links.see("a", file(7, 3));
    links.see("b", file(7, 3));

    const auto on = links.take_watches();

    BOOST_TEST_REQUIRE(on.size() == 1);
    BOOST_TEST(on[0].on);
    BOOST_TEST(links.take_watches().empty());

    // The outside name goes: the link count falls to what is known.
    links.see("a", file(7, 2));
    const auto off = links.take_watches();
    BOOST_TEST_REQUIRE(off.size() == 1);
    BOOST_TEST(!off[0].on);
    BOOST_TEST(off[0].path == on[0].path);
}

BOOST_AUTO_TEST_CASE(a_watch_that_came_to_another_file_is_asked_for_again_at_the_next_look) {
    HardLinks links;
    links.see("a", file(7, 2));
    BOOST_TEST(links.take_watches().size() == 1);

    BOOST_TEST(!links.confirm_watch("a", file(8, 1)));
    BOOST_TEST(links.take_watches().empty());

    links.see("a", file(7, 2));
    BOOST_TEST(links.take_watches().size() == 1);
    BOOST_TEST(!links.confirm_watch("a", std::nullopt));

    links.see("a", file(7, 2));
    BOOST_TEST(links.take_watches().size() == 1);
    BOOST_TEST(links.confirm_watch("a", file(7, 2)));
    links.see("a", file(7, 2));
    BOOST_TEST(links.take_watches().empty());
    BOOST_TEST(!links.confirm_watch("gone", file(7, 2)));
}

BOOST_AUTO_TEST_CASE(the_watch_moves_to_another_name_when_its_own_goes) {
    HardLinks links;
    links.see("a", file(7, 3));
    links.see("b", file(7, 3));
    const auto first = links.take_watches();
    BOOST_TEST_REQUIRE(first.size() == 1);

    links.forget(first[0].path);

    const auto moved = links.take_watches();
    BOOST_TEST_REQUIRE(moved.size() == 2);
    BOOST_TEST(!moved[0].on);
    BOOST_TEST(moved[1].on);
    BOOST_TEST(moved[1].path != first[0].path);
}

BOOST_AUTO_TEST_CASE(a_file_with_unknown_names_is_searched_for_once) {
    HardLinks links;
    links.see("b", file(7, 2));

    BOOST_TEST(links.take_unexplained().size() == 1);
    links.see("b", file(7, 2));
    BOOST_TEST(links.take_unexplained().empty());
    links.see("a", file(7, 2));
    BOOST_TEST(links.take_unexplained().empty());
}

BOOST_AUTO_TEST_CASE(a_path_through_a_symbolic_link_is_no_name) {
    HardLinks links;
    links.see("a", file(7, 2));
    links.see("link to a", file(7, 2), true);

    BOOST_TEST((links.siblings("a") == std::vector<std::string>{"link to a"}));
    BOOST_TEST(links.take_unexplained().size() == 1);
    BOOST_TEST(links.take_watches().size() == 1);

    links.see("link to a", file(7, 2));  // is one now
    const auto off = links.take_watches();
    BOOST_TEST_REQUIRE(off.size() == 1);
    BOOST_TEST(!off[0].on);
}

BOOST_AUTO_TEST_CASE(a_name_that_goes_may_have_stood_for_one_that_is_not_known) {
    HardLinks links;
    links.see("made beside", file(7, 2));  // a second name of a file that had one
    links.see("renamed to", file(7, 2));
    BOOST_TEST(links.take_unexplained().empty());

    links.forget("made beside");

    BOOST_TEST(links.take_unexplained().size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
