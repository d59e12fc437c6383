// The rules of docs/decisions.md, "Capture", by which a copy that did not succeed is made again.
#include "test/unit/daemon/decide_capture_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(decide_capture_failures)

using namespace treecast::test::decide_capture_cases;

BOOST_AUTO_TEST_CASE(what_changes_is_read_again_in_growing_pauses_and_is_stale_after_a_while) {
    const auto failed_thrice = [](Given& given) {
        for (int i = 0; i < 3; ++i)
            given.work.setbacks.changing.fail();
    };
    const auto closed_meanwhile = both(failed_thrice, signalled(written, {.closed = true}));
    check(
        {{"changed", CaptureEnd::changed, nothing, again(10ms, WaitReason::changing)},
         {"again", CaptureEnd::changed, failed_thrice, again(80ms, WaitReason::changing)},
         {"closed meanwhile: half of a thread",
          CaptureEnd::changed,
          closed_meanwhile,
          again(4ms, WaitReason::changing)},
         {"for --open-limit",
          CaptureEnd::changed,
          for_long,
          with(again(10ms, WaitReason::changing), unstable_since)},
         {"for --open-limit, and nobody has it",
          CaptureEnd::changed,
          [](Given& given) {
              for_long(given);
              given.record = {};
          },
          again(10ms, WaitReason::changing)},
         {"within the tick of the clock",
          CaptureEnd::too_soon,
          nothing,
          again(1ms, WaitReason::too_soon)},
         {"within the tick, for --open-limit",
          CaptureEnd::too_soon,
          for_long,
          with(again(1ms, WaitReason::too_soon), unstable_since)}}
    );
    Given given;
    given.capture.end = CaptureEnd::changed;
    static_cast<void>(decide_capture(given.work, given.facts(), {}, now));
    BOOST_TEST(given.work.load.copy_first);
}

BOOST_AUTO_TEST_CASE(what_differs_at_each_reading_is_unstable_after_five) {
    const auto after_five = [](Given& given) {
        for (int i = 0; i < 5; ++i)
            given.work.setbacks.unsteady.fail();
    };
    Wait long_pause = again(320ms, WaitReason::unsteady);
    long_pause.is_awaited = false;
    long_pause.must_log = true;
    Wait known = long_pause;
    known.must_log = false;
    check(
        {{"once", CaptureEnd::unsteady, nothing, again(10ms, WaitReason::unsteady)},
         {"after five", CaptureEnd::unsteady, after_five, with(long_pause, unstable_since)},
         {"after five, and nobody has it",
          CaptureEnd::unsteady,
          both(after_five, never_read),
          with(long_pause, {.unavailable = UnavailableReason::unstable, .stat = some_stat})},
         {"still",
          CaptureEnd::unsteady,
          [&](Given& given) {
              after_five(given);
              given.record.reason = UnavailableReason::unstable;
          },
          known}}
    );
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_stale_or_refused) {
    const auto fails_with = [](int error) {
        return [error](Given& given) {
            given.capture.error = system_error(error);
        };
    };
    const auto mode_changed = [](Given& given) {
        given.record.mode = S_IFREG | 0600;
    };
    const Publish refused{{.unavailable = UnavailableReason::unreadable, .stat = some_stat}};
    const Wait later{
        .until = start + 1s,
        .reason = WaitReason::unreadable,
        .meanwhile = Observation{.stale = UnavailableReason::unreadable},
        .is_awaited = false,
        .must_log = true};
    check(
        {{"an error", CaptureEnd::failed, fails_with(EIO), later},
         {"no permission for a moment", CaptureEnd::failed, fails_with(EACCES), later},
         {"no permission, as its mode says now",
          CaptureEnd::failed,
          both(fails_with(EACCES), mode_changed),
          refused},
         {"no permission, and nobody has it",
          CaptureEnd::failed,
          both(fails_with(EPERM), never_read),
          refused},
         {"nobody knows of it",
          CaptureEnd::failed,
          both(
              fails_with(EIO),
              [](Given& given) {
                  given.record = {};
              }
          ),
          Drop{}},
         {"too large",
          CaptureEnd::too_large,
          nothing,
          Publish{{.unavailable = UnavailableReason::too_large, .stat = some_stat}}}}
    );
}

BOOST_AUTO_TEST_CASE(room_is_waited_for_if_there_is_hope_and_not_for_long) {
    const auto hope = [](Given& given) {
        given.may_find_room = true;
    };
    const auto in_vain = [](Given& given) {
        given.may_find_room = true;
        static_cast<void>(given.work.setbacks.lacks_room_for_long(start - 3s));
    };
    const Wait no_hope{
        .until = start + 1s,
        .reason = WaitReason::no_room,
        .meanwhile = Observation{.stale = UnavailableReason::no_memory},
        .is_awaited = false,
        .must_log = true};
    check(
        {{"others may go", CaptureEnd::no_memory, hope, again(100ms, WaitReason::no_room)},
         {"others may go, for 3 s", CaptureEnd::no_memory, in_vain, no_hope},
         {"nothing can go", CaptureEnd::no_memory, nothing, no_hope},
         {"nothing can go, and it is not in memory",
          CaptureEnd::no_memory,
          never_read,
          with(no_hope, {.unavailable = UnavailableReason::no_memory, .stat = some_stat})}}
    );
}

BOOST_AUTO_TEST_CASE(a_try_for_those_who_sync_ends_with_its_outcome) {
    for (const CaptureEnd end :
         {CaptureEnd::changed,
          CaptureEnd::failed,
          CaptureEnd::no_memory,
          CaptureEnd::writer_inside}) {
        Given given;
        given.capture.end = end;
        given.work.is_retried = true;
        static_cast<void>(decide_capture(given.work, given.facts(), {}, now));
        BOOST_TEST(!given.work.is_retried, static_cast<int>(end));
    }
}

BOOST_AUTO_TEST_SUITE_END()
