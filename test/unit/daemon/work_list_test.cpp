#include "daemon/work_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(work_list)

namespace {

const Clock::time_point start = Clock::time_point() + 1h;

}  // namespace

BOOST_AUTO_TEST_CASE(signs_of_one_path_are_merged_into_one_work) {
    WorkList works;

    works.note("a", {.modified = true});
    const Work& work = works.note("a", {.closed = true});

    BOOST_TEST(works.size() == 1);
    BOOST_TEST((work.notes.signs() == watcher::Signs{.modified = true, .closed = true}));
}

BOOST_AUTO_TEST_CASE(work_is_taken_in_the_order_of_its_time_and_not_before) {
    WorkList works;
    works.schedule(works.note("late", {}), start + 2s);
    works.schedule(works.note("early", {}), start + 1s);

    BOOST_TEST((works.take_due(start) == nullptr));
    BOOST_TEST((works.earliest() == start + 1s));
    Work* const first = works.take_due(start + 3s);
    Work* const second = works.take_due(start + 3s);

    BOOST_TEST_REQUIRE((first != nullptr && second != nullptr));
    BOOST_TEST(first->path == "early");
    BOOST_TEST(second->path == "late");
    BOOST_TEST((works.take_due(start + 3s) == nullptr));
}

BOOST_AUTO_TEST_CASE(what_is_noted_in_bulk_waits_for_all_else) {
    WorkList works;
    for (const char* path : {"bulk1", "bulk2"}) {
        Work& work = works.note(path, {});
        works.set_in_bulk(work, true);
        works.schedule(work, start);
    }
    works.schedule(works.note("edit", {}), start + 1s);

    BOOST_TEST((works.earliest() == start));
    BOOST_TEST(works.take_due(start + 2s)->path == "edit");
    BOOST_TEST(works.take_due(start + 2s)->path.starts_with("bulk"));
    works.schedule(works.note("edit", {}), start + 1s);
    BOOST_TEST(works.take_due(start + 2s, true)->path.starts_with("bulk"));
    BOOST_TEST(works.take_due(start + 2s, true)->path == "edit");
    BOOST_TEST((works.take_due(start + 2s) == nullptr));
}

BOOST_AUTO_TEST_CASE(what_an_event_tells_of_leaves_the_bulk) {
    WorkList works;
    Work& work = works.note("a", {});
    works.set_in_bulk(work, true);
    works.schedule(work, start);
    works.schedule(works.note("b", {}), start + 1s);

    works.set_in_bulk(work, false);

    BOOST_TEST((works.take_due(start + 2s) == &work));
    works.schedule(work, start);
    works.finish(work, start);
    BOOST_TEST(works.take_due(start + 2s)->path == "b");
    BOOST_TEST((works.take_due(start + 2s) == nullptr));
}

BOOST_AUTO_TEST_CASE(a_new_time_replaces_the_old_one) {
    WorkList works;
    Work& work = works.note("a", {});
    works.schedule(work, start);
    works.schedule(work, start + 5s);

    BOOST_TEST((works.take_due(start + 1s) == nullptr));
    BOOST_TEST((works.take_due(start + 5s) == &work));
}

BOOST_AUTO_TEST_CASE(that_a_file_did_not_hold_still_is_known_at_its_next_look) {
    WorkList works;
    Work& work = works.note("a", {});
    work.load.copy_first = true;
    work.load.begin();
    works.note("a", {});
    work.load.end();

    BOOST_TEST(works.finish(work, start));

    BOOST_TEST(works.find("a")->load.copy_first);
    BOOST_TEST(!works.finish(*works.find("a"), start));
    BOOST_TEST(!works.note("a", {}).load.copy_first);
}

BOOST_AUTO_TEST_CASE(what_is_busy_is_listed) {
    WorkList works;
    works.note("a", {}).load.begin();
    works.note("b", {});

    BOOST_TEST((works.busy() == std::vector<std::string>{"a"}));
}

BOOST_AUTO_TEST_CASE(what_a_scan_finds_is_as_old_as_the_scan) {
    WorkList works;
    works.note("a", {});
    const std::uint64_t then = works.sequence();
    works.finish(*works.find("a"), start);
    works.note("b", {});
    works.finish(*works.find("b"), start);

    works.note("found", {}, then);
    works.note("later", {});

    BOOST_TEST(!works.settled(then, start));
    works.finish(*works.find("found"), start);
    BOOST_TEST(works.settled(then + 1, start));
}

BOOST_AUTO_TEST_CASE(what_is_finished_in_a_directory_is_remembered_for_as_long_as_somebody_asks) {
    WorkList works;
    works.finish(works.note("d/before", {}), start);
    works.remember_finished("d");
    works.remember_finished("d");
    works.note("d/open", {});
    works.finish(works.note("d/done", {}), start);
    works.finish(works.note("d/e/deeper", {}), start);

    works.forget_finished("d");
    BOOST_TEST(works.was_finished("d/done"));
    BOOST_TEST(!works.was_finished("d/before"));
    BOOST_TEST(!works.was_finished("d/open"));
    BOOST_TEST(!works.was_finished("d/e/deeper"));
    works.forget_finished("d");
    BOOST_TEST(!works.was_finished("d/done"));
}

BOOST_AUTO_TEST_CASE(what_is_noted_during_a_load_is_looked_at_after_it) {
    WorkList works;
    Work& work = works.note("a", {.closed = true});
    work.load.begin();
    works.note("a", {.modified = true});

    work.load.end();
    const bool goes_on = works.finish(work, start);

    BOOST_TEST(goes_on);
    Work* const again = works.take_due(start);
    BOOST_TEST_REQUIRE((again != nullptr));
    BOOST_TEST(again->path == "a");
    BOOST_TEST(again->notes.signs().modified);
    BOOST_TEST(!works.finish(*again, start));
    BOOST_TEST(works.size() == 0);
}

BOOST_AUTO_TEST_CASE(who_wants_content_during_a_load_is_not_forgotten) {
    WorkList works;
    Work& work = works.note("a", {.closed = true});
    work.load.begin();
    works.note("a", {}).is_wanted = true;
    work.load.end();

    BOOST_TEST(works.finish(work, start));

    BOOST_TEST(works.find("a")->is_wanted);
}

BOOST_AUTO_TEST_CASE(a_sync_waits_for_the_oldest_unanswered_note) {
    WorkList works;
    Work& work = works.note("a", {});
    const auto before = works.sequence();
    works.note("b", {});
    works.note("a", {});  // noted again: the older note is still unanswered

    BOOST_TEST(!works.settled(before, start));
    works.finish(work, start);
    BOOST_TEST(works.settled(before, start));
    BOOST_TEST(!works.settled(works.sequence(), start));
}

BOOST_AUTO_TEST_CASE(a_sync_after_a_note_during_a_load_waits_for_the_look_after_it) {
    WorkList works;
    Work& work = works.note("a", {});
    work.load.begin();
    works.note("a", {});
    const auto sequence = works.sequence();

    work.load.end();
    works.finish(work, start);
    BOOST_TEST(!works.settled(sequence, start));

    works.finish(*works.find("a"), start);
    BOOST_TEST(works.settled(sequence, start));
}

BOOST_AUTO_TEST_CASE(what_may_never_end_is_not_waited_for) {
    struct Row {
        const char* what;
        void (*hold)(Work&);
        HoldUp expected;
    };
    const Row rows[] = {
        {"noted", [](Work&) {}, HoldUp::none},
        {"a writer",
         [](Work& work) {
             work.writer.begin_wait();
         },
         HoldUp::writer_inside},
        {"no stat",
         [](Work& work) {
             work.setbacks.look.fail();
         },
         HoldUp::unreadable},
        {"no bytes",
         [](Work& work) {
             work.setbacks.read.fail();
         },
         HoldUp::unreadable},
        {"no room",
         [](Work& work) {
             work.setbacks.room.fail();
         },
         HoldUp::no_memory},
        {"its mount is gone",
         [](Work& work) {
             work.setbacks.lost.fail();
         },
         HoldUp::lost},
        {"changing",
         [](Work& work) {
             work.setbacks.on_capture(CaptureEnd::changed, start);
         },
         HoldUp::none},
        {"changing for long",
         [](Work& work) {
             work.setbacks.on_capture(CaptureEnd::changed, start - 3s);
         },
         HoldUp::unstable},
        {"changing, and now a load that takes long",
         [](Work& work) {
             work.setbacks.on_capture(CaptureEnd::too_soon, start - 4s);
             work.load.begin();
         },
         HoldUp::none},
        {"a load that hangs",
         [](Work& work) {
             work.load.begin();
             work.load.note_hung();
         },
         HoldUp::hung},
        {"a load",
         [](Work& work) {
             work.load.begin();
         },
         HoldUp::none},
        {"tried again",
         [](Work& work) {
             work.setbacks.read.fail();
             work.is_retried = true;
         },
         HoldUp::none},
    };

    for (const Row& row : rows) {
        WorkList works;
        Work& work = works.note("a", {});
        row.hold(work);
        BOOST_TEST((hold_up(work, start) == row.expected), row.what);
        BOOST_TEST(works.settled(works.sequence(), start) == (row.expected != HoldUp::none));
    }
}

BOOST_AUTO_TEST_CASE(what_is_held_up_can_be_asked_for_before_its_time) {
    WorkList works;
    Work& open = works.note("open", {.created = true});
    open.writer.begin_wait();
    works.schedule(open, start + 10s);
    Work& sick = works.note("sick", {});
    works.schedule(sick, start + sick.setbacks.read.fail());
    works.note("loading", {}).load.begin();

    works.retry_held_up(start);

    BOOST_TEST(!works.settled(works.sequence(), start));
    BOOST_TEST((works.take_due(start) != nullptr));
    BOOST_TEST((works.take_due(start) != nullptr));
    BOOST_TEST((works.take_due(start) == nullptr));
    BOOST_TEST(sick.setbacks.read.failing());  // only its outcome ends that
}

BOOST_AUTO_TEST_SUITE_END()
