// What the tests of decide_capture share: tables of a capture, what is known, and the verdict.
#pragma once

#include "daemon/decide_capture.hpp"
#include "test/unit/daemon/verdict_printing.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

namespace treecast::test::decide_capture_cases {

using namespace treecast::daemon;
using namespace std::chrono_literals;

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

inline void check(const std::vector<Row>& rows) {
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

inline void nothing(Given& /*given*/) {}
/// Signs before the look, and what came while the pool read the file.
inline auto signalled(const watcher::Signs& before, const watcher::Signs& since = {}) {
    return [before, since](Given& given) {
        given.work.notes.add(before, 1, false);
        if (since != watcher::Signs())
            given.work.notes.add(since, 2, true);
    };
}
inline auto
both(const std::function<void(Given&)>& first, const std::function<void(Given&)>& second) {
    return [first, second](Given& given) {
        first(given);
        second(given);
    };
}
inline void by_lease(Given& given) {
    given.capture.writer_ruled_out = true;
}
inline void extends(Given& given) {
    given.capture.extends_published = true;
}
inline void empty(Given& given) {
    given.capture.size = 0;
}
inline void never_read(Given& given) {
    given.record = listed_record();
}
/// No capture has succeeded for --open-limit.
inline void for_long(Given& given) {
    given.work.setbacks.on_capture(CaptureEnd::changed, start - 10s);
}

inline Wait again(Clock::duration pause, WaitReason reason) {
    return {.until = start + pause, .reason = reason};
}
inline Wait writer(Clock::duration pause) {
    return {.until = start + pause, .reason = WaitReason::writer, .is_awaited = false};
}
inline Wait with(Wait wait, const Observation& meanwhile) {
    wait.meanwhile = meanwhile;
    return wait;
}

inline const Observation unstable_since{.stale = UnavailableReason::unstable};
inline const watcher::Signs written{.modified = true};
inline const watcher::Signs closed{.modified = true, .closed = true};

}  // namespace treecast::test::decide_capture_cases
