#include "daemon/work.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;
using namespace treecast::watcher;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(work)

namespace {

const Clock::time_point start = Clock::time_point() + 1h;

/// Backed off for 100 ms after a load of 20 ms.
Work backed_off() {
    Work work;
    work.pause.begin(100ms, 20ms, start);
    work.setbacks.changing.fail();
    work.setbacks.read.fail();
    work.load.copy_first = true;
    return work;
}

}  // namespace

BOOST_AUTO_TEST_CASE(signs_say_when_to_look) {
    struct Row {
        const char* what;
        Signs signs;
        Clock::duration due;
        bool begins_anew;
        bool is_another_file;
    };
    for (const Row& row :
         {Row{"nothing", {}, 100ms, false, false},
          Row{"touched", {.attributes = true}, 100ms, false, false},
          Row{"a name that is gone", {.gone = true}, 100ms, false, false},
          Row{"written to", {.modified = true}, 100ms, false, false},
          Row{"closed: half of a thread", {.modified = true, .closed = true}, 20ms, true, false},
          Row{"renamed into place", {.arrived = true}, 0ms, true, true},
          Row{"renamed, and written to", {.arrived = true, .modified = true}, 0ms, true, true}}) {
        Work work = backed_off();

        const auto due = work.on_signs(row.signs, false, start);

        BOOST_TEST((due == start + row.due), row.what);
        BOOST_TEST(work.setbacks.changing.failing() == !row.begins_anew, row.what);
        BOOST_TEST(work.setbacks.read.failing() == !row.is_another_file, row.what);
        BOOST_TEST(work.load.copy_first == !row.is_another_file, row.what);
    }
    Work fresh;
    BOOST_TEST((fresh.on_signs({.modified = true}, false, start) == start + 50ms));
    BOOST_TEST((fresh.on_signs({.modified = true, .gone = true}, false, start) == start));
}

BOOST_AUTO_TEST_CASE(the_last_close_ends_the_wait_for_a_writer_that_has_closed) {
    struct Row {
        const char* what;
        Signs signs;
        bool is_waited_for;
        bool is_loading;
        bool expected;
    };
    const Signs closed{.modified = true, .closed = true};
    for (const Row& row :
         {Row{"waited for", closed, true, false, true},
          Row{"not waited for", closed, false, false, false},
          Row{"the writer has not closed", {.modified = true}, true, false, false},
          Row{"being loaded", closed, true, true, false}}) {
        Work work;
        work.notes.add(row.signs, 1, false);
        if (row.is_waited_for)
            work.writer.begin_wait();
        if (row.is_loading)
            work.load.begin();

        BOOST_TEST(work.on_last_close() == row.expected, row.what);
        BOOST_TEST(work.writer.is_waited_for() == (row.is_waited_for && !row.expected), row.what);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_closed_all_the_time_takes_half_of_a_thread) {
    Work work;
    work.pause.begin(1s, 300ms, start);
    work.begin_anew();
    BOOST_TEST((work.pause.until() == start + 300ms));
    work.pause.begin(1s, 0ms, start);
    work.begin_anew();
    BOOST_TEST((work.pause.until() == start + 4ms));
    work.pause.begin(2ms, 300ms, start);
    work.begin_anew();
    BOOST_TEST((work.pause.until() == start + 2ms));
}

BOOST_AUTO_TEST_CASE(a_load_is_under_way_in_the_pool_or_waits_for_events) {
    LoadState load;
    BOOST_TEST(!load.is_busy());
    BOOST_TEST(!load.note_hung());
    load.await_confirmation();
    BOOST_TEST(load.is_busy());
    BOOST_TEST(load.is_unconfirmed());
    BOOST_TEST(!load.note_hung());
    load.begin();
    BOOST_TEST(load.is_in_pool());
    BOOST_TEST(load.note_hung());
    BOOST_TEST(!load.note_hung());  // no news
    load.end();
    BOOST_TEST(!load.is_busy());
    BOOST_TEST(!load.is_hung());
}

BOOST_AUTO_TEST_CASE(a_grace_begins_when_the_file_was_missed_first) {
    DeletionGrace grace;
    BOOST_TEST((grace.ends_at(100ms, start) == start + 100ms));
    BOOST_TEST((grace.ends_at(100ms, start + 99ms) == start + 100ms));
    BOOST_TEST(!grace.ends_at(100ms, start + 100ms).has_value());
    grace.reset();
    BOOST_TEST((grace.ends_at(100ms, start + 200ms) == start + 300ms));
    BOOST_TEST(!DeletionGrace().ends_at(0ms, start).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
