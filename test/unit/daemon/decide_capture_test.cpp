// The rules of docs/decisions.md, "Capture", by which a copy is believed, or its writer waited for.
#include "test/unit/daemon/decide_capture_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(decide_capture_)

using namespace treecast::test::decide_capture_cases;

BOOST_AUTO_TEST_CASE(a_copy_is_believed_by_the_lease_or_by_what_events_say) {
    check(
        {{"the lease vouches", CaptureEnd::captured, by_lease, PublishCopy{}},
         {"the lease vouches, whatever events say",
          CaptureEnd::captured,
          both(by_lease, signalled(written)),
          PublishCopy{}},
         {"no lease, and nobody was seen", CaptureEnd::captured, nothing, AwaitEvents{}},
         {"no lease, closed", CaptureEnd::captured, signalled(closed), AwaitEvents{}},
         {"no lease, written to: an event will tell of the close",
          CaptureEnd::captured,
          signalled(written),
          writer(10s)},
         {"no lease, created and not closed",
          CaptureEnd::captured,
          signalled({.created = true}),
          writer(1ms)},
         {"no lease, written to while it was read",
          CaptureEnd::captured,
          signalled({.closed = true}, closed),
          again(4ms, WaitReason::changing)},
         {"no lease, written to, and the copy is an append",
          CaptureEnd::captured,
          both(signalled(written), extends),
          PublishCopy{}}}
    );
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_not_believed_for_a_second_without_a_lease) {
    check(
        {{"by the lease", CaptureEnd::captured, both(empty, by_lease), PublishCopy{}},
         {"without", CaptureEnd::captured, empty, again(1s, WaitReason::emptied)},
         {"renamed into place",
          CaptureEnd::captured,
          both(empty, signalled({.arrived = true})),
          AwaitEvents{}}}
    );
}

BOOST_AUTO_TEST_CASE(a_writer_is_waited_for_and_appends_are_published) {
    check(
        {{"it is written to", CaptureEnd::writer_inside, signalled(written), writer(10s)},
         {"no event will tell of its end", CaptureEnd::writer_inside, nothing, writer(1ms)},
         {"closed, and the kernel counts it still",
          CaptureEnd::writer_inside,
          signalled(closed),
          writer(1ms)},
         {"closed while it was read",
          CaptureEnd::writer_inside,
          signalled(written, {.closed = true}),
          Wait{.until = start, .reason = WaitReason::noted_since}},
         {"an append", CaptureEnd::writer_inside, both(signalled(written), extends), PublishCopy{}}}
    );
}

BOOST_AUTO_TEST_CASE(the_pauses_for_a_writer_whose_end_no_event_reports_grow) {
    Given given;
    given.capture.end = CaptureEnd::writer_inside;
    for (const auto pause : {1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 128ms, 256ms, 500ms, 500ms})
        BOOST_TEST(
            decide_capture(given.work, given.facts(), {}, now) == Verdict(writer(pause)),
            pause.count()
        );
    given.work.begin_anew();
    BOOST_TEST(decide_capture(given.work, given.facts(), {}, now) == Verdict(writer(1ms)));
}

BOOST_AUTO_TEST_CASE(what_was_published_at_the_open_limit_is_counted) {
    struct LimitRow {
        const char* rule;
        std::function<void(Given&)> given;
        bool is_past;
    };
    const auto waited_for = [](Given& given) {
        by_lease(given);
        given.work.writer.begin_wait();
    };
    const auto stuck = [&](Given& given) {
        given.work.writer.on_write(false, start - 10s);
        waited_for(given);
    };
    const auto quiet = [&](Given& given) {
        given.capture.stat.ctime_ns = (now.since_1970 - 10s).count();
        waited_for(given);
    };
    for (const LimitRow& row :
         {LimitRow{"nobody is waited for", by_lease, false},
          LimitRow{"its writer has gone", waited_for, false},
          LimitRow{"stuck", stuck, true},
          LimitRow{"quiet", quiet, true}}) {
        Given given;
        given.capture.end = CaptureEnd::captured;
        given.capture.stat = some_stat;
        row.given(given);
        const Verdict expected = PublishCopy{.is_past_open_limit = row.is_past};
        BOOST_TEST(decide_capture(given.work, given.facts(), {}, now) == expected, row.rule);
    }
}

BOOST_AUTO_TEST_CASE(copies_are_confirmed_by_the_events_that_were_queued_until_they_were_made) {
    struct ConfirmRow {
        const char* rule;
        std::function<void(Given&)> given;
        Verdict expected;
    };
    const auto open = [](Given& given) {
        given.is_open = true;
    };
    const auto other_bytes = [](Given& given) {
        given.capture.sha256 = Sha256{2};
    };
    const auto without_lease = [](Given& given) {
        given.capture.lease_refused = true;
    };
    const auto by_age = [](Given& given) {
        given.capture.lease_refused = given.capture.proved_by_age = true;
    };
    const watcher::Signs arrived{.arrived = true};
    for (const ConfirmRow& row : std::vector<ConfirmRow>{
             {"nothing came", nothing, PublishCopy{}},
             {"a writer came", signalled({}, written), again(10ms, WaitReason::changing)},
             {"an open and a close by others came",
              signalled(closed, {.closed = true}),
              PublishCopy{}},
             {"it is open still", both(signalled(closed), open), writer(1ms)},
             {"it is open still, and was appended to",
              both(both(signalled(closed), open), extends),
              PublishCopy{}},
             {"readers have it open", open, PublishCopy{}},
             {"it is open, and changed without an event: a mapping",
              both(open, other_bytes),
              writer(1ms)},
             {"renamed into place, and open to readers",
              both(both(signalled(arrived), open), other_bytes),
              PublishCopy{}},
             {"renamed into place without a lease, and opened since",
              both(both(signalled(arrived), open), without_lease),
              again(10ms, WaitReason::changing)},
             {"renamed into place, opened since, and old enough",
              both(both(signalled(arrived), open), by_age),
              PublishCopy{}},
             {"renamed into place without a lease",
              both(signalled(arrived), without_lease),
              PublishCopy{}},
             {"closed, and changed", other_bytes, PublishCopy{}}}) {
        Given given;
        given.capture.end = CaptureEnd::captured;
        given.capture.stat = some_stat;
        given.capture.sha256 = some_hash;
        row.given(given);
        BOOST_TEST(
            decide_confirmation(given.work, given.facts(), {}, now) == row.expected,
            row.rule
        );
    }
}

BOOST_AUTO_TEST_SUITE_END()
