#include "daemon/notes.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;
using treecast::watcher::Signs;

BOOST_AUTO_TEST_SUITE(notes)

BOOST_AUTO_TEST_CASE(signs_are_merged_and_the_oldest_note_counts) {
    Notes notes;
    notes.add({.modified = true}, 0, false);
    notes.add({.closed = true}, 7, false);

    BOOST_TEST((notes.signs() == Signs{.modified = true, .closed = true}));
    BOOST_TEST(notes.oldest() == 0U);
    BOOST_TEST(!notes.later_signs().has_value());
}

BOOST_AUTO_TEST_CASE(what_comes_during_a_look_is_left_when_it_ends) {
    Notes notes;
    notes.add({.closed = true}, 1, false);
    notes.begin_look();
    notes.add({.modified = true}, 5, true);
    notes.add({.attributes = true}, 6, true);

    BOOST_TEST((notes.later_signs() == Signs{.modified = true, .attributes = true}));
    BOOST_TEST(notes.oldest() == 1U);
    notes.end_look();
    BOOST_TEST(notes.oldest() == 5U);
    BOOST_TEST(notes.signs().reopened);
    BOOST_TEST(!notes.later_signs().has_value());
}

BOOST_AUTO_TEST_CASE(the_next_look_answers_what_came_during_one_that_led_to_nothing) {
    Notes notes;
    notes.add({}, 1, false);
    notes.add({.modified = true}, 5, true);

    notes.begin_look();

    BOOST_TEST(!notes.later_signs().has_value());
    BOOST_TEST(notes.oldest() == 1U);
    BOOST_TEST(notes.signs().modified);
}

BOOST_AUTO_TEST_CASE(a_note_without_a_sign_asks_for_another_look_too) {
    Notes notes;
    notes.add({}, 1, false);
    notes.add({}, 2, true);
    BOOST_TEST((notes.later_signs() == Signs()));
}

BOOST_AUTO_TEST_SUITE_END()
