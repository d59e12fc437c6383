#include "daemon/degradation.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(degradation)

namespace {

const Clock::time_point start = Clock::time_point() + 1h;
using Text = std::optional<std::string>;
const std::string no_room = Degradation::no_room_words;

}  // namespace

BOOST_AUTO_TEST_CASE(the_text_is_stored_when_it_changes) {
    Degradation all;
    BOOST_TEST((all.update("", false, false) == Text()));
    BOOST_TEST((all.update("no watches", false, false) == Text("no watches")));
    BOOST_TEST((all.update("no watches", false, false) == Text()));
    BOOST_TEST((all.update("no watches", true, false) == Text("no watches; " + no_room)));
    BOOST_TEST((all.update("", true, false) == Text(no_room)));
    BOOST_TEST((all.update("", false, false) == Text("")));
}

BOOST_AUTO_TEST_CASE(an_adopted_catalog_speaks_for_itself_until_all_is_compared) {
    Degradation all;
    BOOST_TEST((all.update("no watches", true, true) == Text()));
    all.set_compared();
    BOOST_TEST((all.update("", false, true) == Text("")));  // takes back what it said by itself
    BOOST_TEST((all.update("", false, true) == Text()));
    BOOST_TEST(all.is_compared());
}

BOOST_AUTO_TEST_CASE(the_tree_is_read_again_until_all_files_have_found_room) {
    using Step = CatalogRoom::Step;
    CatalogRoom room;
    BOOST_TEST((room.next(0, start) == Step::none));
    room.note_refused(3);
    room.note_refused(0);
    BOOST_TEST(room.is_lacking());
    BOOST_TEST((room.next(3, start) == Step::read_again));
    BOOST_TEST((room.next(0, start + 1999ms) == Step::none));
    BOOST_TEST((room.next(1, start + 2s) == Step::read_again));
    BOOST_TEST((room.next(0, start + 4s) == Step::found_room));
    BOOST_TEST(!room.is_lacking());
    BOOST_TEST((room.next(0, start + 6s) == Step::none));
    room.note_refused(1);
    BOOST_TEST((room.next(1, start + 6s) == Step::read_again));
}

BOOST_AUTO_TEST_SUITE_END()
