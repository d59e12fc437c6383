#include "watcher/watch_budget.hpp"

#include "test/unit/watcher/read_events.hpp"
#include "test/unit/watcher/tree_state_fixture.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include <fcntl.h>

using namespace treecast::test::tree_state_cases;

namespace {

/// A file with a watch that nobody has yet, and "a" that can be said to lack one.
struct BudgetFixture : WatchedTree {
    BudgetFixture() { write("f", "1"); }
    UniqueFd open(const std::string& path) const { return root.open_path(path).value(); }
    FileStat stat(const std::string& path) const { return file_stat_of(*root.status(path)); }
    bool look() { return poll_due_file(state, findings); }
    void leave_a_directory_unwatched() { state.health.set_unwatched(add("a"), true); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watch_budget, BudgetFixture)

BOOST_AUTO_TEST_CASE(only_the_limit_is_a_reason_to_poll) {
    struct Row {
        int error;
        bool is_limit;
    };
    for (const Row& row : {Row{ENOSPC, true}, {ENOMEM, true}, {EACCES, false}, {ENOENT, false}})
        BOOST_TEST(is_watch_limit(system_error(row.error)) == row.is_limit, row.error);
}

BOOST_AUTO_TEST_CASE(a_watch_is_removed_once_nobody_needs_it) {
    struct Row {
        const char* what;
        std::function<void(BudgetFixture&, WatchDescriptor)> use;
        bool is_removed;
    };
    const Row rows[] = {
        {"nobody", [](BudgetFixture&, WatchDescriptor) {}, true},
        {"a directory",
         [](BudgetFixture& budget, WatchDescriptor watch) {
             budget.state.watches.set(root_directory, watch);
         },
         false},
        {"a file",
         [](BudgetFixture& budget, WatchDescriptor watch) {
             budget.state.file_watches.set("f", watch);
         },
         false},
        {"a mounted file",
         [](BudgetFixture& budget, WatchDescriptor watch) {
             budget.state.mounted_files.set("f", watch);
         },
         false},
        {"the root's path",
         [](BudgetFixture& budget, WatchDescriptor) {
             watch_root_path(budget.state);
         },
         false},
    };
    for (const Row& row : rows) {
        BudgetFixture budget;
        const UniqueFd above(::open(budget.directory.path().c_str(), O_RDONLY | O_CLOEXEC));
        const auto watch = budget.state.inotify.watch_directory(above.get(), false);
        BOOST_TEST_REQUIRE(watch.has_value());
        row.use(budget, *watch);
        release_watch(budget.state, *watch);
        const auto events = read_events(budget.state.inotify);
        const bool is_removed = std::ranges::any_of(events, [&watch](const ReadEvent& event) {
            return event.watch == *watch && event.watch_is_gone;
        });
        BOOST_TEST(is_removed == row.is_removed, row.what);
    }
}

BOOST_AUTO_TEST_CASE(opens_are_reported_from_the_moment_they_are_asked_for) {
    const DirectoryId unwatched = add("unwatched");
    report_opens(state, unwatched);
    BOOST_TEST(state.watches.reports_opens(unwatched));  // for when it gets its watch

    add_watched("");
    (void)::close(::open(at("f").c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_TEST(!state.inotify.has_events());
    report_opens(state, root_directory);
    (void)::close(::open(at("f").c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_TEST(state.inotify.has_events());
}

BOOST_AUTO_TEST_CASE(directories_come_before_the_roots_path_and_files) {
    leave_a_directory_unwatched();
    watch_root_path(state);
    BOOST_TEST(state.path_watches.count() == 0U);
    const UniqueFd file = open("f");
    BOOST_TEST((watch_file_or_poll(state, "f", file.get(), stat("f"), false) == stat("f")));
    BOOST_TEST(state.file_watches.is_unwatched("f"));

    state.health.set_unwatched(add("a"), false);
    watch_root_path(state);
    BOOST_TEST(state.path_watches.count() != 0U);
    BOOST_TEST((watch_file_or_poll(state, "f", file.get(), stat("f"), false) == stat("f")));
    BOOST_TEST(!state.file_watches.is_unwatched("f"));
    BOOST_TEST(state.file_watches.has("f"));

    BOOST_TEST(!watch_file_or_poll(state, "g", -1, {}, false));  // for another reason
    BOOST_TEST(!state.file_watches.is_unwatched("g"));
}

BOOST_AUTO_TEST_CASE(a_polled_file_is_reported_if_it_is_not_what_it_was) {
    struct Row {
        const char* what;
        std::function<void(BudgetFixture&)> before;
        bool is_change;
        bool is_watched_after;
    };
    const auto write = [](BudgetFixture& budget) {
        budget.write("f", "22");
    };
    const Row rows[] = {
        {"as it was", [](BudgetFixture&) {}, false, true},
        {"written to", write, true, true},
        {"gone",
         [](BudgetFixture& budget) {
             fs::remove(budget.at("f"));
         },
         true,
         false},
        {"a directory lacks a watch",
         [](BudgetFixture& budget) {
             budget.leave_a_directory_unwatched();
         },
         false,
         false},
        {"and it was written to",
         [&](BudgetFixture& budget) {
             budget.leave_a_directory_unwatched();
             write(budget);
         },
         true,
         false},
        {"the limit was met by a file before it",
         [](BudgetFixture& budget) {
             budget.state.file_limit_met = true;
         },
         false,
         false},
        {"it need not be polled any more",
         [&](BudgetFixture& budget) {
             budget.state.file_watches.set("f", 77);
             write(budget);
         },
         false,
         true},
    };
    for (const Row& row : rows) {
        BudgetFixture budget;
        BOOST_TEST_CONTEXT(row.what) {
            budget.state.file_watches.set_unwatched("f", budget.stat("f"));
            BOOST_TEST(!budget.look());  // none is due
            queue_unwatched_files(budget.state);
            row.before(budget);
            BOOST_TEST(budget.look());
            BOOST_TEST(budget.take_changes().contains("f") == row.is_change);
            BOOST_TEST(budget.state.file_watches.has("f") == row.is_watched_after);
            BOOST_TEST(budget.state.file_watches.is_unwatched("f") == !row.is_watched_after);
            BOOST_TEST(!budget.look());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_status_says_what_is_polled) {
    struct Row {
        int directories;
        int files;
        std::string words;
    };
    const Row rows[] = {
        {0, 0, ""},
        {1, 0, "1 directory has no inotify watch and is polled; raise the limit with "},
        {0, 1, "1 file has no inotify watch and is polled; raise the limit with "},
        {2, 0, "2 directories have no inotify watch and are polled; raise the limit with "},
        {1,
         1,
         "1 directory and 1 file have no inotify watch and are polled; raise the limit with "},
    };
    for (const Row& row : rows) {
        BudgetFixture budget;
        for (int i = 0; i < row.directories; ++i)
            budget.state.health.set_unwatched(budget.add(std::to_string(i)), true);
        for (int i = 0; i < row.files; ++i)
            budget.state.file_watches.set_unwatched(std::to_string(i), std::nullopt);
        const std::string words = describe_unwatched(budget.state);
        BOOST_TEST(words.substr(0, row.words.size()) == row.words);
        BOOST_TEST(words.empty() == row.words.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
