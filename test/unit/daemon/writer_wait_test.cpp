#include "daemon/writer_wait.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;
using namespace treecast::watcher;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writer_wait)

namespace {

constexpr std::chrono::nanoseconds today = 1000h;
const Clock::time_point start = Clock::time_point() + 1h;
const Moment now{start, today};
constexpr Clock::duration open_limit = 10s;

FileStat changed_ago(std::chrono::nanoseconds time) {
    return {.size = 1, .ctime_ns = (today - time).count()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_writer_is_suspected_until_it_closes_the_file) {
    BOOST_TEST(!suspects_writer({}));
    BOOST_TEST(suspects_writer({.created = true}));
    BOOST_TEST(suspects_writer({.modified = true}));
    BOOST_TEST(suspects_writer({.arrived = true, .modified = true}));
    BOOST_TEST(!suspects_writer({.created = true, .modified = true, .closed = true}));
    BOOST_TEST(!suspects_writer({.arrived = true}));
    BOOST_TEST(!suspects_writer({.attributes = true}));
}

BOOST_AUTO_TEST_CASE(whoever_has_a_file_open_counts_once_it_was_written_to) {
    BOOST_TEST(!may_have_writer({}, true));
    BOOST_TEST(!may_have_writer({.closed = true}, true));
    BOOST_TEST(!may_have_writer({.arrived = true}, true));
    BOOST_TEST(!may_have_writer({.arrived = true, .created = true}, true));
    BOOST_TEST(may_have_writer({.modified = true, .closed = true}, true));
    BOOST_TEST(!may_have_writer({.modified = true, .closed = true}, false));
    BOOST_TEST(may_have_writer({.created = true, .closed = true}, true));
    BOOST_TEST(may_have_writer({.modified = true}, false));
}

BOOST_AUTO_TEST_CASE(what_was_renamed_into_place_is_whole_as_long_as_nobody_writes_to_it) {
    BOOST_TEST(!came_whole({}));
    BOOST_TEST(came_whole({.arrived = true}));
    BOOST_TEST(!came_whole({.arrived = true, .modified = true}));
}

BOOST_AUTO_TEST_CASE(a_file_is_looked_at_when_its_writer_pauses_but_not_ever_later) {
    WriterWait writer;

    BOOST_TEST((writer.on_write(false, start) == start + 50ms));
    BOOST_TEST((writer.on_write(false, start + 40ms) == start + 90ms));
    BOOST_TEST((writer.on_write(false, start + 490ms) == start + 500ms));
    writer.begin_load();
    BOOST_TEST((writer.on_write(false, start + 600ms) == start + 650ms));
    writer.on_close(true);
    BOOST_TEST((writer.on_write(false, start + 1100ms) == start + 1150ms));
}

BOOST_AUTO_TEST_CASE(quiet_is_counted_from_the_last_event_and_the_last_change) {
    WriterWait writer;
    BOOST_TEST((writer.quiet_left(changed_ago(11s), open_limit, now) == 0s));
    BOOST_TEST((writer.quiet_left(changed_ago(4s), open_limit, now) == 6s));
    writer.on_write(false, start - 20s);
    writer.on_write(false, start - 3s);
    BOOST_TEST((writer.quiet_left(changed_ago(11s), open_limit, now) == 7s));
    BOOST_TEST((writer.quiet_left(changed_ago(1s), open_limit, now) == 9s));
}

BOOST_AUTO_TEST_CASE(a_writer_that_never_closes_is_stuck_after_the_limit_or_six_if_the_file_grows) {
    WriterWait writer;
    BOOST_TEST(!writer.is_stuck(open_limit, start));
    writer.on_write(false, start);
    BOOST_TEST(!writer.is_stuck(open_limit, start + 9s));
    BOOST_TEST(writer.is_stuck(open_limit, start + 11s));
    writer.note_size(5, start + 10s);
    BOOST_TEST(!writer.is_stuck(open_limit, start + 11s));
    writer.note_size(5, start + 15s);  // it has not grown
    BOOST_TEST(writer.is_stuck(open_limit, start + 20s));
    writer.note_size(6, start + 59s);
    BOOST_TEST(!writer.is_stuck(open_limit, start + 59s));
    BOOST_TEST(writer.is_stuck(open_limit, start + 60s));
}

BOOST_AUTO_TEST_CASE(a_close_ends_the_writing_unless_another_has_the_file_open) {
    for (const bool is_open : {false, true}) {
        WriterWait writer;
        writer.on_write(false, start);
        writer.begin_wait();

        writer.on_close(is_open);

        BOOST_TEST(!writer.is_waited_for());
        BOOST_TEST(writer.writes_without_pause(start + 500ms) == is_open);
        BOOST_TEST(!writer.writes_without_pause(start + 499ms));
        writer.on_last_close();
        BOOST_TEST(!writer.writes_without_pause(start + 500ms));
    }
}

BOOST_AUTO_TEST_CASE(a_writer_that_comes_again_begins_anew) {
    WriterWait writer;
    writer.on_write(false, start);
    writer.on_write(true, start + 9s);

    BOOST_TEST(!writer.is_stuck(open_limit, start + 11s));
    BOOST_TEST(writer.is_stuck(open_limit, start + 19s));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_believed_only_after_it_has_been_empty_for_a_while) {
    WriterWait writer;
    BOOST_TEST((writer.emptied_left(1, false, start) == 0s));
    BOOST_TEST((writer.emptied_left(0, false, start) == 1s));
    BOOST_TEST((writer.emptied_left(0, false, start + 400ms) == 600ms));
    BOOST_TEST((writer.emptied_left(5, false, start + 500ms) == 0s));
    BOOST_TEST((writer.emptied_left(0, false, start + 600ms) == 1s));
    BOOST_TEST((writer.emptied_left(0, true, start + 700ms) == 0s));
    BOOST_TEST((writer.emptied_left(0, false, start + 700ms) == 1s));
    writer.forget_emptied();
    BOOST_TEST((writer.emptied_left(0, false, start + 900ms) == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
