#include "watcher/tending.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

using namespace std::chrono_literals;
using namespace treecast::test::tree_state_cases;

namespace {

using Time = std::chrono::steady_clock::time_point;

struct TendedTree : WatchedTree {
    /// Its root shows a file, is watched, and has been checked, so that the mounts are known.
    TendedTree() {
        write("f");
        check_root();
        (void)take_due();
        add_watched("");
        state.root_in_doubt = false;
    }
    void check_root() { Tending::check_root(state); }
    void replace_root() const {
        fs::rename(root_path, directory / "old");
        fs::create_directory(root_path);
    }

    Tending tending{state};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tending, TendedTree)

BOOST_AUTO_TEST_CASE(retries_take_about_a_tenth_of_the_time) {
    struct Row {
        std::chrono::milliseconds retry;
        std::chrono::milliseconds wait;
    };
    const Row rows[] = {{0ms, 2s}, {199ms, 2s}, {201ms, 2010ms}, {3s, 30s}};
    for (const Row& row : rows) {
        TendedTree tree;
        tree.state.health.set_unwatched(tree.add("a"), true);
        const Time begun{100s};
        tree.tending.tend(tree.state, begun);
        BOOST_TEST_CONTEXT(row.retry.count()) {
            BOOST_TEST((tree.take_due() == Paths{"a"}));
            const Time end = begun + row.retry;
            tree.tending.note_scanned(tree.state, end);
            tree.tending.tend(tree.state, end + row.wait - 1ms);
            BOOST_TEST(tree.state.scans.empty());
            tree.tending.tend(tree.state, end + row.wait);
            BOOST_TEST((tree.take_due() == Paths{"a"}));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_retry_begins_while_another_is_under_way) {
    state.health.set_unwatched(add("a"), true);
    state.file_watches.set_unwatched("f", std::nullopt);
    tending.tend(state, Time{100s});
    BOOST_TEST_REQUIRE(state.due_files.size() == 1U);
    tending.tend(state, Time{200s});
    BOOST_TEST((take_due() == Paths{"a"}));
    tending.tend(state, Time{300s});  // the file is still to be looked at
    BOOST_TEST(state.scans.empty());

    state.due_files.clear();
    tending.note_scanned(state, Time{400s});
    tending.tend(state, Time{3399s});
    BOOST_TEST(state.scans.empty());
    tending.tend(state, Time{3400s});
    BOOST_TEST(!state.scans.empty());
}

BOOST_AUTO_TEST_CASE(without_trouble_nothing_is_retried) {
    tending.tend(state, Time{100s});
    BOOST_TEST(state.scans.empty());
    BOOST_TEST(state.due_files.empty());
}

BOOST_AUTO_TEST_CASE(what_is_queued_for_a_retry) {
    struct Row {
        const char* what;
        std::function<void(TendedTree&)> before;
        Paths due;
    };
    const Row rows[] = {
        {"nothing", [](TendedTree&) {}, {}},
        {"one without a watch",
         [](TendedTree& tree) {
             tree.state.health.set_unwatched(tree.add("a"), true);
         },
         {"a"}},
        {"one that cannot be read, with those below it",
         [](TendedTree& tree) {
             tree.state.health.set_error(tree.add("a"), EACCES);
         },
         {"a/..."}},
        {"its other names too",
         [](TendedTree& tree) {
             const DirectoryId a = tree.add("a");
             tree.state.tree.add_alias(root_directory, "alias", a);
             tree.state.health.set_unwatched(a, true);
         },
         {"a", "alias"}},
        {"and the directories of links that depend on it",
         [](TendedTree& tree) {
             const DirectoryId a = tree.add("a");
             const DirectoryId b = tree.add("b");
             tree.state.links.set(
                 {b, "link"},
                 {.kind = LinkKind::nothing,
                  .target = no_directory,
                  .dependencies = {{b, "link"}, {a, "f"}}}
             );
             tree.state.health.set_unwatched(a, true);
         },
         {"a", "b"}},
    };
    for (const Row& row : rows) {
        TendedTree tree;
        row.before(tree);
        queue_troubled(tree.state);
        Paths due = tree.take_due();
        std::ranges::sort(due);
        BOOST_TEST_CONTEXT(row.what)
        BOOST_TEST(due == row.due, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_root_that_is_gone_is_lost_until_it_is_back) {
    fs::rename(root_path, directory / "away");
    check_root();
    BOOST_TEST(!state.root_trouble.empty());
    BOOST_TEST(!state.root_is_empty);
    BOOST_TEST(!state.root_exchanged);
    BOOST_TEST(state.scans.empty());

    fs::rename(directory / "away", root_path);
    check_root();
    BOOST_TEST(state.root_trouble.empty());
    BOOST_TEST(state.root_exchanged);
    BOOST_TEST((take_due() == Paths{"/..."}));
}

BOOST_AUTO_TEST_CASE(another_directory_at_its_path_becomes_the_root) {
    const DirectoryId a = add("a");
    state.health.set_device(a, 12345);
    state.health.set_device(root_directory, 12345);
    replace_root();
    write("other");
    check_root();
    BOOST_TEST(state.root_trouble.empty());
    BOOST_TEST(state.root_exchanged);
    BOOST_TEST(root.status("other").has_value());
    BOOST_TEST(state.health.device(root_directory) == 0U);  // whatever device it is on now
    BOOST_TEST(state.health.device(a) == 0U);
    BOOST_TEST((take_due() == Paths{"/..."}));
    BOOST_TEST(!state.watches.is_trusted(root_directory));
}

BOOST_AUTO_TEST_CASE(an_empty_root_is_accepted_once_and_only_if_it_is_meant) {
    replace_root();
    check_root();
    BOOST_TEST(state.root_trouble == "it is empty");
    BOOST_TEST(state.root_is_empty);
    check_root();
    BOOST_TEST(state.root_is_empty);

    state.root_may_be_empty = true;
    check_root();
    BOOST_TEST(state.root_trouble.empty());
    BOOST_TEST(!state.root_is_empty);
    BOOST_TEST(!state.root_may_be_empty);
}

BOOST_AUTO_TEST_CASE(a_root_that_is_as_it_was_is_left_alone) {
    state.root_in_doubt = true;
    check_root();
    BOOST_TEST(!state.root_in_doubt);
    BOOST_TEST(!state.root_exchanged);
    BOOST_TEST(state.scans.empty());
    BOOST_TEST(root.generation() == 0U);

    state.watches.set(root_directory, no_watch);  // its watch ended: it may have been another
    check_root();
    BOOST_TEST(root.generation() == 1U);
}

BOOST_AUTO_TEST_CASE(when_no_check_of_the_root_is_needed) {
    struct Row {
        const char* what;
        std::function<void(TreeState&)> before;
        bool is_watched;
    };
    const Row rows[] = {
        {"all is watched", [](TreeState&) {}, true},
        {"it is in doubt",
         [](TreeState& its) {
             its.root_in_doubt = true;
         },
         false},
        {"mounts are",
         [](TreeState& its) {
             its.mounts.in_doubt = true;
         },
         false},
        {"its mount is another",
         [](TreeState& its) {
             its.mounts.root_is_other = true;
         },
         false},
        {"its path is not watched",
         [](TreeState& its) {
             its.path_watches.evict();
         },
         false},
        {"it is not itself",
         [](TreeState& its) {
             its.watches.set(root_directory, no_watch);
         },
         false},
    };
    for (const Row& row : rows) {
        TendedTree tree;
        tree.check_root();  // the second walk along its path
        row.before(tree.state);
        BOOST_TEST(Tending::is_root_watched(tree.state) == row.is_watched, row.what);
    }
}

BOOST_AUTO_TEST_CASE(the_status_names_the_worst) {
    struct Row {
        const char* what;
        std::function<void(TendedTree&)> before;
        Paths words;
    };
    const auto lose = [](TendedTree& tree, const char* path, int error) {
        const DirectoryId id = tree.add(path);
        tree.state.health.set_device(id, 1);
        tree.state.health.set_error(id, error);
    };
    const Row rows[] = {
        {"nothing is wrong", [](TendedTree&) {}, {}},
        {"one directory",
         [&](TendedTree& tree) {
             lose(tree, "a", ENODEV);
         },
         {"1 directory cannot be read any more (/a: its filesystem is gone)"}},
        {"several, and unwatched ones",
         [&](TendedTree& tree) {
             lose(tree, "a", EIO);
             lose(tree, "b", EIO);
             tree.state.health.set_unwatched(tree.add("c"), true);
         },
         {"2 directories cannot be read any more (/a: ", "; 1 directory has no inotify watch"}},
        {"the root is all that counts",
         [&](TendedTree& tree) {
             lose(tree, "a", EIO);
             tree.state.root_trouble = "it hides";
         },
         {"the root ", " is lost: it hides; what was published stays"}},
    };
    for (const Row& row : rows) {
        TendedTree tree;
        row.before(tree);
        Tending::update_health(tree.state);
        const std::string& degraded = tree.state.report.degraded;
        BOOST_TEST_CONTEXT(row.what << ": " << degraded) {
            BOOST_TEST(degraded.empty() == row.words.empty());
            for (const std::string& words : row.words)
                BOOST_TEST(degraded.find(words) != degraded.npos, words);
        }
    }
    BOOST_TEST(state.report.watches == 0U);
    Tending::update_health(state);
    BOOST_TEST(state.report.watches == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
