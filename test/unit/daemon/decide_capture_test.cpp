// The rules of docs/decisions.md, "Capture", by which a copy is believed, made again or dropped.
#include "daemon/decide_capture.hpp"

#include "test/unit/daemon/verdict_printing.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <functional>
#include <vector>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(decide_capture_)

namespace {

using ipc::UnavailableReason;

struct Given {
    Capture capture;
    Work work;
    bool is_open = false;
    bool may_find_room = false;
    ipc::Record record = resident_record();

    CaptureFacts facts() const {
        return {
            .capture = capture,
            .seen = some_stat,
            .is_open = is_open,
            .may_find_room = may_find_room,
            .record = record};
    }
};

struct Row {
    const char* rule;
    CaptureEnd end;
    std::function<void(Given&)> given;
    Verdict expected;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        Given given;
        given.capture.end = row.end;
        given.capture.stat = some_stat;
        given.capture.size = 5;
        given.work.load.begin();
        row.given(given);
        given.work.load.end();
        given.work.setbacks.on_capture(row.end, start);
        BOOST_TEST(decide_capture(given.work, given.facts(), {}, now) == row.expected, row.rule);
    }
}

void nothing(Given& /*given*/) {}
/// Signs before the look, and what came while the pool read the file.
auto signalled(const watcher::Signs& before, const watcher::Signs& since = {}) {
    return [before, since](Given& given) {
        given.work.notes.add(before, 1, false);
        if (since != watcher::Signs())
            given.work.notes.add(since, 2, true);
    };
}
auto both(const std::function<void(Given&)>& first, const std::function<void(Given&)>& second) {
    return [first, second](Given& given) {
        first(given);
        second(given);
    };
}
void by_lease(Given& given) {
    given.capture.writer_ruled_out = true;
}
void extends(Given& given) {
    given.capture.extends_published = true;
}
void empty(Given& given) {
    given.capture.size = 0;
}
void never_read(Given& given) {
    given.record = listed_record();
}
/// No capture has succeeded for --open-limit.
void for_long(Given& given) {
    given.work.setbacks.on_capture(CaptureEnd::changed, start - 10s);
}

Wait again(Clock::duration pause, WaitReason reason) {
    return {.until = start + pause, .reason = reason};
}
Wait writer(Clock::duration pause) {
    return {.until = start + pause, .reason = WaitReason::writer, .is_awaited = false};
}
Wait with(Wait wait, const Observation& meanwhile) {
    wait.meanwhile = meanwhile;
    return wait;
}

const Observation unstable_since{.stale = UnavailableReason::unstable};
const watcher::Signs written{.modified = true};
const watcher::Signs closed{.modified = true, .closed = true};

}  // namespace

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
    long_pause.is_news = true;
    Wait known = long_pause;
    known.is_news = false;
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
        .is_news = true};
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
        .is_news = true};
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
