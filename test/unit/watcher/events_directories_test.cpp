#include "test/unit/watcher/events_fixture.hpp"

#include <algorithm>
#include <cerrno>

using namespace treecast::test::events_cases;

BOOST_AUTO_TEST_SUITE(events_directories)

BOOST_AUTO_TEST_CASE(a_directory_ends_when_its_name_does) {
    struct Row {
        const char* what;
        Event event;
        Paths gone;
        Paths exchanged;
        bool is_known_after;
        bool is_touched;
    };
    const Row rows[] = {
        {"removed", {of_root, IN_DELETE | IN_ISDIR, "a"}, {"a"}, {}, false, true},
        {"moved away", {of_root, IN_MOVED_FROM | IN_ISDIR, "a"}, {"a"}, {}, false, true},
        {"another is moved there",
         {of_root, IN_MOVED_TO | IN_ISDIR, "a"},
         {"a"},
         {"a"},
         false,
         true},
        {"a file took its name", {of_root, IN_CREATE, "a"}, {"a"}, {}, false, true},
        {"a scan was before its event", {of_root, IN_CREATE | IN_ISDIR, "a"}, {}, {}, true, true},
        {"other rights", {of_root, IN_ATTRIB | IN_ISDIR, "a"}, {}, {}, true, false},
        {"below an alias too",
         {of_a, IN_DELETE | IN_ISDIR, "x"},
         {"a/x", "alias/x"},
         {},
         true,
         true},
        {"an unknown one arrives",
         {of_a, IN_MOVED_TO | IN_ISDIR, "x"},
         {},
         {"a/x", "alias/x"},
         true,
         true},
        {"a file arrives", {of_root, IN_MOVED_TO, "x"}, {}, {}, true, true},
        {"an unknown file goes", {of_root, IN_DELETE, "x"}, {}, {}, true, true},
    };
    for (const Row& row : rows) {
        KnownTree tree;
        tree.apply({row.event});
        BOOST_TEST_CONTEXT(row.what) {
            Paths gone = tree.findings.gone_directories;
            std::ranges::sort(gone);
            std::ranges::sort(tree.findings.exchanged);
            BOOST_TEST(gone == row.gone, boost::test_tools::per_element());
            BOOST_TEST(tree.findings.exchanged == row.exchanged, boost::test_tools::per_element());
            BOOST_TEST((tree.state.tree.at_path("a") == tree.a) == row.is_known_after);
            BOOST_TEST(tree.state.touched.empty() != row.is_touched);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_directorys_own_events_put_in_doubt) {
    struct Row {
        const char* what;
        std::vector<Event> events;
        std::function<void(KnownTree&)> before;
        Paths due;
        bool root_in_doubt;
        bool mounts_in_doubt;
        Paths gone;
    };
    const auto nothing = [](KnownTree&) {};
    const auto a_is_lost = [](KnownTree& tree) {
        tree.state.health.set_error(tree.a, EACCES);
    };
    const auto root_is_unwatched = [](KnownTree& tree) {
        tree.state.health.set_unwatched(root_directory, true);
    };
    const Row rows[] = {
        {"the root moves", {{of_root, IN_MOVE_SELF, ""}}, nothing, {}, true, false, {}},
        {"the root's rights", {{of_root, IN_ATTRIB, ""}}, nothing, {""}, false, false, {}},
        {"the root's watch ends", {{of_root, IN_IGNORED, ""}}, nothing, {}, true, false, {}},
        {"another one moves", {{of_a, IN_MOVE_SELF, ""}}, nothing, {}, false, false, {}},
        {"and nobody watches above",
         {{of_a, IN_MOVE_SELF, ""}},
         root_is_unwatched,
         {""},
         false,
         false,
         {}},
        {"rights of one that is read", {{of_a, IN_ATTRIB, ""}}, nothing, {}, false, false, {}},
        {"rights of one that is not",
         {{of_a, IN_ATTRIB, ""}},
         a_is_lost,
         {"a/...", "alias/..."},
         false,
         false,
         {}},
        {"its watch ends", {{of_a, IN_IGNORED, ""}}, nothing, {""}, false, false, {"a"}},
        {"its filesystem goes",
         {{of_a, IN_UNMOUNT, ""}, {of_a, IN_IGNORED, ""}},
         nothing,
         {},
         false,
         true,
         {}},
        {"events were lost", {{no_watch, IN_Q_OVERFLOW, ""}}, nothing, {"/..."}, true, false, {}},
    };
    for (const Row& row : rows) {
        KnownTree tree;
        row.before(tree);
        tree.apply(row.events);
        BOOST_TEST_CONTEXT(row.what) {
            Paths due = tree.take_due();
            std::ranges::sort(due);
            BOOST_TEST(due == row.due, boost::test_tools::per_element());
            BOOST_TEST(tree.state.root_in_doubt == row.root_in_doubt);
            BOOST_TEST(tree.state.mounts.in_doubt == row.mounts_in_doubt);
            BOOST_TEST(
                tree.findings.gone_directories == row.gone,
                boost::test_tools::per_element()
            );
        }
    }
}

BOOST_AUTO_TEST_CASE(after_an_overflow_no_directory_counts_as_seen) {
    KnownTree tree;
    tree.state.watches.trust(tree.a);
    tree.apply({{no_watch, IN_Q_OVERFLOW, ""}, {of_a, IN_MODIFY, "f"}});
    BOOST_TEST(tree.state.report.overflows == 1U);
    BOOST_TEST(!tree.state.watches.is_trusted(tree.a));
    BOOST_TEST(tree.take_changes().contains("a/f"));  // what came after it is told
}

BOOST_AUTO_TEST_SUITE_END()
