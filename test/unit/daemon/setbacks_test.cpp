#include "daemon/setbacks.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>

using namespace treecast;
using namespace treecast::daemon;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(setbacks)

namespace {

const Clock::time_point start = Clock::time_point() + 1000h;

}  // namespace

BOOST_AUTO_TEST_CASE(pauses_grow_up_to_the_longest_and_begin_anew) {
    BackOff pauses(10ms, 1s);
    BOOST_TEST(!pauses.failing());

    for (const auto expected : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms})
        BOOST_TEST((pauses.fail() == expected));
    for (int i = 0; i < 100; ++i)
        BOOST_TEST((pauses.fail() == 1000ms));
    BOOST_TEST(pauses.has_failed(109));

    pauses.clear();
    BOOST_TEST(!pauses.failing());
    BOOST_TEST((pauses.fail() == 10ms));
    BOOST_TEST(!pauses.has_failed(2));
}

BOOST_AUTO_TEST_CASE(the_failures_of_one_cause_do_not_lengthen_the_pauses_of_another) {
    Setbacks setbacks;
    for (int i = 0; i < 5; ++i)
        setbacks.changing.fail();

    BOOST_TEST((setbacks.read.fail() == 1s));
}

BOOST_AUTO_TEST_CASE(a_capture_ends_what_it_shows_to_be_over_and_nothing_else) {
    struct Row {
        CaptureEnd end;
        bool read;
        bool room;
        bool changing;
        bool too_soon;  // still going on
    };
    const Row rows[] = {
        {CaptureEnd::captured, false, false, false, false},
        {CaptureEnd::writer_inside, false, false, false, false},
        {CaptureEnd::too_large, false, false, false, false},
        {CaptureEnd::changed, false, false, true, false},
        {CaptureEnd::unsteady, false, false, false, false},
        {CaptureEnd::failed, true, true, true, false},
        {CaptureEnd::no_memory, true, true, true, false},
        {CaptureEnd::too_soon, true, true, true, true},
        {CaptureEnd::would_block, true, true, true, true},
    };

    for (const Row& row : rows) {
        Setbacks setbacks;
        setbacks.read.fail();
        setbacks.room.fail();
        setbacks.changing.fail();
        setbacks.look.fail();
        setbacks.too_soon(start);

        setbacks.on_capture(row.end, start);

        const auto number = static_cast<int>(row.end);
        BOOST_TEST(setbacks.read.failing() == row.read, number);
        BOOST_TEST(setbacks.room.failing() == row.room, number);
        BOOST_TEST(setbacks.changing.failing() == row.changing, number);
        BOOST_TEST((setbacks.too_soon(start + 8s) == 500ms) == row.too_soon, number);
        BOOST_TEST(setbacks.look.failing(), number);  // a look alone ends that
    }
}

BOOST_AUTO_TEST_CASE(a_look_ends_what_it_shows_to_be_over) {
    struct Row {
        Seen seen;
        bool look;
        bool lost;
    };
    for (const Row& row :
         {Row{Seen::trouble, true, true},
          Row{Seen::absent, false, true},
          Row{Seen::file, false, false},
          Row{Seen::directory, false, false},
          Row{Seen::special, false, false}}) {
        Setbacks setbacks;
        setbacks.look.fail();
        setbacks.lost.fail();
        setbacks.read.fail();

        setbacks.on_look(row.seen);

        BOOST_TEST(setbacks.look.failing() == row.look);
        BOOST_TEST(setbacks.lost.failing() == row.lost);
        BOOST_TEST(setbacks.read.failing());
    }
}

BOOST_AUTO_TEST_CASE(another_file_of_the_name_begins_anew) {
    Setbacks setbacks;
    setbacks.read.fail();
    setbacks.changing.fail();
    setbacks.unreported_close.fail();
    setbacks.too_soon(start);

    setbacks.on_arrival();

    BOOST_TEST(!setbacks.read.failing());
    BOOST_TEST(!setbacks.changing.failing());
    BOOST_TEST(!setbacks.unreported_close.failing());
    BOOST_TEST((setbacks.too_soon(start + 8s) == 1ms));
}

BOOST_AUTO_TEST_CASE(closes_do_not_hide_that_nothing_is_captured) {
    Setbacks setbacks;
    BOOST_TEST((setbacks.uncaptured_for(start) == 0s));
    for (const auto end : {CaptureEnd::changed, CaptureEnd::too_soon, CaptureEnd::failed}) {
        setbacks.on_capture(end, start);
        setbacks.on_close();
        setbacks.on_arrival();
    }
    setbacks.on_capture(CaptureEnd::changed, start + 2s);
    BOOST_TEST((setbacks.uncaptured_for(start + 4s) == 4s));

    setbacks.on_capture(CaptureEnd::captured, start + 4s);
    BOOST_TEST((setbacks.uncaptured_for(start + 4s) == 0s));
}

BOOST_AUTO_TEST_CASE(room_is_waited_for_for_a_while) {
    Setbacks setbacks;
    BOOST_TEST(!setbacks.lacks_room_for_long(start));
    BOOST_TEST(!setbacks.lacks_room_for_long(start + 2999ms));
    BOOST_TEST(setbacks.lacks_room_for_long(start + 3s));
    setbacks.on_capture(CaptureEnd::captured, start);
    BOOST_TEST(!setbacks.lacks_room_for_long(start + 4s));
}

BOOST_AUTO_TEST_CASE(readers_are_told_what_is_lacking) {
    using ipc::UnavailableReason;
    struct Row {
        ErrorCode error;
        UnavailableReason reason;
    };
    for (const Row& row :
         {Row{system_error(EIO), UnavailableReason::unreadable},
          Row{system_error(ESTALE), UnavailableReason::unreadable},
          Row{system_error(EACCES), UnavailableReason::unreadable},
          Row{system_error(ENOMEM), UnavailableReason::no_memory},
          Row{system_error(ENOSPC), UnavailableReason::no_memory},
          Row{Errc::no_memory, UnavailableReason::no_memory},
          Row{system_error(EMFILE), UnavailableReason::no_descriptors},
          Row{system_error(ENFILE), UnavailableReason::no_descriptors},
          Row{Errc::damaged, UnavailableReason::unreadable}})
        BOOST_TEST((stale_reason_of(row.error) == row.reason), row.error.message());
}

BOOST_AUTO_TEST_SUITE_END()
