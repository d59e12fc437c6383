#include "watcher/scan.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

#include <algorithm>
#include <cerrno>

using namespace treecast::test::tree_state_cases;

namespace {

struct ScannedTree : WatchedTree {
    explicit ScannedTree(std::size_t entries_at_once = 4096) : scanner(entries_at_once) {}
    /// Reads the directory in one turn, or its first part.
    void scan(DirectoryId id, bool deep = false) {
        scanner.begin_turn();
        scanner.read_directory(state, {.id = id, .deep = deep}, findings);
    }
    void resume() {
        scanner.begin_turn();
        scanner.resume(state, findings);
    }
    Paths files_of_last_listing() const {
        Paths names;
        for (const ListedFile& file : findings.listings.back().files)
            names.push_back(file.name);
        std::ranges::sort(names);
        return names;
    }

    Scanner scanner;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(scan, ScannedTree)

BOOST_AUTO_TEST_CASE(a_listing_names_what_is_served) {
    for (const char* path : {"f", "g", ".hidden", "ignored", "\xff", "d/x", ".d/x"})
        write(path, "");
    write(".treecastignore", "ignored\n");
    make_link("to_file", "f");
    make_link("to_directory", "d");
    make_link("to_nothing", "nothing");
    scan(root_directory);

    BOOST_TEST_REQUIRE(findings.listings.size() == 1U);
    const Listing& listing = findings.listings.front();
    Paths directories = listing.directories;
    std::ranges::sort(directories);
    BOOST_TEST(listing.complete);
    BOOST_TEST((files_of_last_listing() == Paths{"f", "g", "to_file"}));
    BOOST_TEST((directories == Paths{"d", "to_directory"}));
    Paths due = take_due();
    std::ranges::sort(due);
    BOOST_TEST((due == Paths{"d/...", "to_directory/..."}));
    BOOST_TEST(state.report.skipped_names == 1U);
}

BOOST_AUTO_TEST_CASE(known_directories_are_queued_again_by_a_deep_scan_only) {
    make_directory("d");
    scan(root_directory);
    (void)take_due();
    scan(root_directory, false);
    BOOST_TEST(take_due().empty());
    scan(root_directory, true);
    BOOST_TEST((take_due() == Paths{"d/..."}));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_listed_any_more_is_gone) {
    make_directory("d/sub");
    write("f");
    scan(root_directory);
    scan(add("d"));
    fs::remove_all(at("d"));
    scan(root_directory);
    BOOST_TEST((findings.gone_directories == Paths{"d"}));
    BOOST_TEST(state.tree.at_path("d") == no_directory);
}

BOOST_AUTO_TEST_CASE(what_a_missing_directory_means) {
    struct Row {
        const char* what;
        std::function<void(ScannedTree&)> before;
        Paths gone;
        int error;
    };
    const Row rows[] = {
        {"it was removed", [](ScannedTree&) {}, {"d"}, 0},
        {"the filesystem above is another",
         [](ScannedTree& tree) {
             tree.state.health.set_device(root_directory, 12345);
         },
         {},
         ENOENT},
        {"the root is lost",
         [](ScannedTree& tree) {
             tree.state.root_trouble = "gone";
         },
         {},
         ENOENT},
    };
    for (const Row& row : rows) {
        ScannedTree tree;
        tree.make_directory("d");
        const DirectoryId d = tree.add_watched("d");
        fs::remove(tree.at("d"));
        row.before(tree);
        tree.scan(d);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(tree.findings.gone_directories == row.gone);
            BOOST_TEST(tree.findings.listings.empty() == (row.error == 0));
            if (row.error != 0) {
                BOOST_TEST(!tree.findings.listings.front().complete);
                BOOST_TEST(tree.state.health.error(d) == row.error);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_empty_directory_is_believed_unless_something_was_there) {
    struct Row {
        const char* what;
        std::function<void(ScannedTree&, DirectoryId)> before;
        bool is_believed;
    };
    const Row rows[] = {
        {"never read before", [](ScannedTree&, DirectoryId) {}, true},
        {"on another device than before",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.health.set_device(d, 12345);
             tree.state.health.set_device(root_directory, 12345);
         },
         false},
        {"a mount point that has been empty",
         [](ScannedTree& tree, DirectoryId) {
             tree.state.mounts.unproved.insert("d");
         },
         false},
    };
    for (const Row& row : rows) {
        ScannedTree tree;
        tree.make_directory("d");
        const DirectoryId d = tree.add("d");
        row.before(tree, d);
        tree.scan(d);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST_REQUIRE(tree.findings.listings.size() == 1U);
            BOOST_TEST(tree.findings.listings.front().complete == row.is_believed);
            BOOST_TEST(tree.state.health.error(d) == (row.is_believed ? 0 : ENODATA));
        }
        tree.write("d/f");
        tree.findings.listings.clear();
        tree.scan(d);
        BOOST_TEST(tree.findings.listings.back().complete, row.what);
        BOOST_TEST(tree.state.health.error(d) == 0, row.what);
        BOOST_TEST(tree.state.mounts.unproved.empty(), row.what);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_root_is_believed_if_events_told_of_its_end) {
    write("f");
    scan(root_directory);
    fs::remove(at("f"));
    scan(root_directory);  // the event of the deletion is still in the queue
    BOOST_TEST(findings.listings.size() == 1U);
    BOOST_TEST((take_due() == Paths{""}));

    bool is_drained = false;
    (void)state.inotify.read(is_drained);  // and is lost
    scan(root_directory);
    BOOST_TEST(!findings.listings.back().complete);
    BOOST_TEST(state.health.error(root_directory) == ENODATA);

    state.note_root_name("f", false);
    scan(root_directory);
    BOOST_TEST(findings.listings.back().complete);
}

BOOST_AUTO_TEST_CASE(a_huge_directory_is_read_in_parts) {
    struct Row {
        const char* what;
        std::function<void(ScannedTree&, DirectoryId)> meanwhile;
        bool is_ended;
        Paths due;
    };
    const Row rows[] = {
        {"nothing happens", [](ScannedTree&, DirectoryId) {}, true, {}},
        {"it is to be read anew",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.scans.add(d, false);
         },
         false,
         {"d/..."}},
        {"events were lost",
         [](ScannedTree& tree, DirectoryId) {
             tree.state.watches.distrust_all();
         },
         false,
         {"d/..."}},
        {"its watch is another",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.watches.set(d, no_watch);
         },
         false,
         {"d/..."}},
        {"its filesystem went",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.health.set_error(d, ENODEV);
         },
         false,
         {"d/..."}},
        {"the root is another",
         [](ScannedTree& tree, DirectoryId) {
             BOOST_REQUIRE(tree.root.reopen(true));
         },
         false,
         {"d/..."}},
        {"it is hidden",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.tree.hide(d);
         },
         false,
         {}},
        {"it is gone",
         [](ScannedTree& tree, DirectoryId d) {
             tree.state.tree.remove_real(d);
         },
         false,
         {}},
    };
    for (const Row& row : rows) {
        ScannedTree tree(1);
        for (int i = 0; i < 30; ++i)
            tree.write("d/f" + std::to_string(i));
        const DirectoryId d = tree.add("d");
        tree.scan(d, true);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(tree.findings.listings.empty());
            BOOST_TEST(tree.state.reads_in_parts);
            BOOST_TEST_REQUIRE(tree.scanner.reading().has_value());
            BOOST_TEST(*tree.scanner.reading() == "d");
            BOOST_TEST(tree.scanner.is_turn_over());

            row.meanwhile(tree, d);
            for (int turns = 0; turns < 100 && tree.scanner.reading(); ++turns)
                tree.resume();
            BOOST_TEST(!tree.scanner.reading());
            BOOST_TEST(!tree.state.reads_in_parts);
            BOOST_TEST(tree.findings.listings.size() == (row.is_ended ? 1U : 0U));
            if (row.is_ended)
                BOOST_TEST(tree.files_of_last_listing().size() == 30U);
            BOOST_TEST(tree.take_due() == row.due, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_to_a_directory_that_is_gone_ends) {
    const DirectoryId d = add("d");
    const DirectoryId alias = state.tree.add_alias(root_directory, "alias", d);
    state.tree.remove_real(d);
    scan(alias);
    BOOST_TEST((findings.gone_directories == Paths{"alias"}));
    BOOST_TEST(findings.listings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
