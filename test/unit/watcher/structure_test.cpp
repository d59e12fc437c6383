#include "watcher/structure.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

#include <cerrno>

using namespace treecast::test::tree_state_cases;

BOOST_FIXTURE_TEST_SUITE(structure, WatchedTree)

BOOST_AUTO_TEST_CASE(a_gone_directory_takes_back_the_listings_below_it) {
    for (const char* path : {"a", "a/b", "ab", "b"})
        findings.listings.emplace_back().directory = path;
    findings.add_gone("a");
    Paths left;
    for (const Listing& listing : findings.listings)
        left.push_back(listing.directory);
    BOOST_TEST((left == Paths{"ab", "b"}));
    BOOST_TEST((findings.gone_directories == Paths{"a"}));
}

BOOST_AUTO_TEST_CASE(what_an_open_finds_at_a_known_path) {
    struct Row {
        const char* what;
        std::function<void(WatchedTree&, DirectoryId)> before;
        int error;
        bool replaced;
        bool other_device;
    };
    const auto replace = [](WatchedTree& tree, DirectoryId) {
        fs::rename(tree.at("a"), tree.at("old"));
        tree.make_directory("a");
    };
    const Row rows[] = {
        {"the same", [](WatchedTree&, DirectoryId) {}, 0, false, false},
        {"another", replace, 0, true, false},
        {"nothing",
         [](WatchedTree& tree, DirectoryId) {
             fs::remove(tree.at("a"));
         },
         ENOENT,
         {},
         {}},
        {"a file",
         [](WatchedTree& tree, DirectoryId) {
             fs::remove(tree.at("a"));
             tree.write("a");
         },
         ENOTDIR,
         {},
         {}},
        {"a link",
         [](WatchedTree& tree, DirectoryId) {
             fs::rename(tree.at("a"), tree.at("old"));
             tree.make_link("a", "old");
         },
         ELOOP,
         {},
         {}},
        {"what a mount had covered",
         [](WatchedTree& tree, DirectoryId a) {
             tree.state.health.set_device(a, 12345);
         },
         ENODEV,
         {},
         {}},
        {"another filesystem as above it",
         [](WatchedTree& tree, DirectoryId a) {
             tree.state.health.set_device(a, 12345);
             tree.state.health.set_device(root_directory, 12345);
         },
         0,
         true,
         true},
    };
    for (const Row& row : rows) {
        WatchedTree tree;
        tree.make_directory("a");
        (void)tree.add_watched("");
        const DirectoryId a = tree.add_watched("a");
        row.before(tree, a);
        const auto opened = open_watched(tree.state, a);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST((opened ? 0 : opened.error().value()) == row.error);
            if (opened) {
                BOOST_TEST(opened->replaced == row.replaced);
                BOOST_TEST(opened->other_device == row.other_device);
                BOOST_TEST(tree.state.health.device(a) == tree.root.status("a")->st_dev);
                BOOST_TEST(tree.state.watches.is_trusted(a));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_first_open_is_of_nothing_known) {
    make_directory("a");
    const DirectoryId a = add("a");
    const auto opened = open_watched(state, a);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(!opened->replaced);
    BOOST_TEST(!opened->other_device);
    BOOST_TEST(opened->known_device == 0U);
    BOOST_TEST(state.watches.of(a) != no_watch);
    BOOST_TEST(!state.watches.reports_opens(a));
}

BOOST_AUTO_TEST_CASE(opens_are_reported_of_directories_beyond_our_leases) {
    WatchedTree tree({.leases = LeaseRights::none()});
    tree.make_directory("a");
    BOOST_TEST(tree.state.watches.reports_opens(tree.add_watched("a")));
}

BOOST_AUTO_TEST_CASE(another_device_voids_those_below) {
    make_directory("a/b");
    const DirectoryId a = add("a");
    const DirectoryId b = add("a/b");
    state.health.set_device(a, 12345);
    state.health.set_device(b, 12345);
    BOOST_TEST_REQUIRE(open_watched(state, a).has_value());
    BOOST_TEST(state.health.device(b) == 0U);
}

BOOST_AUTO_TEST_CASE(a_directory_is_queued_when_it_is_new_or_asked_for_again) {
    const DirectoryId known = add("known");
    const DirectoryId hidden = state.tree.add_real(root_directory, "hidden", false);
    BOOST_TEST(add_directory(state, root_directory, "known", false) == known);
    BOOST_TEST(take_due().empty());
    BOOST_TEST(add_directory(state, root_directory, "known", true) == known);
    BOOST_TEST((take_due() == Paths{"known/..."}));
    BOOST_TEST(add_directory(state, root_directory, "hidden", false) == hidden);
    BOOST_TEST(state.tree.is_shown(hidden));
    BOOST_TEST((take_due() == Paths{"hidden/..."}));
    (void)add_directory(state, root_directory, "new", false);
    BOOST_TEST((take_due() == Paths{"new/..."}));
}

BOOST_AUTO_TEST_CASE(directories_behind_a_link_are_limited_in_number) {
    WatchedTree tree({.max_aliases = 2});
    const DirectoryId a = tree.add("a");
    const DirectoryId alias = tree.state.tree.add_alias(root_directory, "alias", a);

    const DirectoryId first = add_directory(tree.state, alias, "1", false);
    BOOST_TEST_REQUIRE(first != no_directory);
    BOOST_TEST(tree.state.tree.real(first) == tree.state.tree.child(a, "1"));
    BOOST_TEST(add_directory(tree.state, alias, "2", false) == no_directory);
    BOOST_TEST(add_directory(tree.state, alias, "2", false) == no_directory);
    BOOST_TEST(tree.state.report.refused_links == 1U);  // counted and logged once
    BOOST_TEST(add_directory(tree.state, alias, "1", false) == first);
    BOOST_TEST(add_directory(tree.state, a, "3", false) != no_directory);
}

BOOST_AUTO_TEST_CASE(a_directory_goes_under_every_path_that_it_had) {
    const DirectoryId a = add("a");
    const DirectoryId sub = add("a/sub");
    add("a/sub/below");
    const DirectoryId alias = state.tree.add_alias(root_directory, "alias", a);
    (void)add_directory(state, alias, "sub", false);
    const DirectoryId hidden = state.tree.add_real(a, "hidden", false);
    state.tree.pin(hidden);

    drop_directory(state, a, "nothing", findings);
    drop_directory(state, root_directory, "alias", findings);  // a link's own event is to come
    BOOST_TEST(findings.gone_directories.empty());
    drop_directory(state, a, "hidden", findings);
    BOOST_TEST(findings.gone_directories.empty());  // it was not served
    BOOST_TEST(state.tree.is_dead(hidden));
    drop_directory(state, a, "sub", findings);
    BOOST_TEST((findings.gone_directories == Paths{"alias/sub", "a/sub"}));
    BOOST_TEST(state.tree.child(a, "sub") == no_directory);
    BOOST_TEST(state.tree.child(sub, "below") == no_directory);
    BOOST_TEST(state.tree.at_path("alias") == alias);
}

BOOST_AUTO_TEST_CASE(one_path_ends_and_the_others_stay) {
    const DirectoryId a = add("a");
    const DirectoryId alias = state.tree.add_alias(root_directory, "alias", a);
    drop_name(state, a, findings);
    BOOST_TEST((findings.gone_directories == Paths{"a"}));
    BOOST_TEST((state.tree.names_of(a) == std::vector{alias}));
    drop_name(state, alias, findings);
    BOOST_TEST((findings.gone_directories == Paths{"a", "alias"}));
    BOOST_TEST(state.tree.at_path("alias") == no_directory);
}

BOOST_AUTO_TEST_CASE(when_a_missing_file_means_a_deletion) {
    struct Row {
        const char* what;
        std::function<void(WatchedTree&)> before;
        bool counts;
    };
    const Row rows[] = {
        {"all is as it was", [](WatchedTree&) {}, true},
        {"the directory is gone",
         [](WatchedTree& tree) {
             fs::remove(tree.at("a/b"));
         },
         true},
        {"one above it is a file",
         [](WatchedTree& tree) {
             fs::remove_all(tree.at("a"));
             tree.write("a");
         },
         true},
        {"it lies on another device",
         [](WatchedTree& tree) {
             tree.state.health.set_device(tree.add("a/b"), 12345);
         },
         false},
        {"one above it does",
         [](WatchedTree& tree) {
             tree.state.health.set_device(tree.add("a"), 12345);
         },
         false},
        {"the root does",
         [](WatchedTree& tree) {
             tree.state.health.set_device(root_directory, 12345);
         },
         false},
        {"one below it does",
         [](WatchedTree& tree) {
             tree.state.health.set_device(tree.add("a/b/c"), 12345);
         },
         true},
        {"the root is lost",
         [](WatchedTree& tree) {
             tree.state.root_trouble = "gone";
         },
         false},
        {"the root is another",
         [](WatchedTree& tree) {
             fs::rename(tree.root_path, tree.directory / "old");
             fs::create_directory(tree.root_path);
         },
         false},
    };
    for (const Row& row : rows) {
        WatchedTree tree;
        tree.make_directory("a/b");
        tree.add_watched("a");
        const DirectoryId b = tree.add_watched("a/b");
        row.before(tree);
        BOOST_TEST(absence_counts(tree.state, b) == row.counts, row.what);
    }
}

BOOST_AUTO_TEST_CASE(links_that_depend_on_a_name_are_touched) {
    const DirectoryId a = add("a");
    state.links.set(
        {root_directory, "link"},
        {.kind = LinkKind::file, .dependencies = {{root_directory, "link"}, {a, "f"}}}
    );
    touch_dependents(state, a, "g");
    touch_dependents(state, root_directory, "f");
    BOOST_TEST(state.touched.empty());
    touch_dependents(state, a, "f");
    BOOST_TEST((state.touched == std::vector<NamePlace>{{root_directory, "link"}}));
}

BOOST_AUTO_TEST_CASE(what_is_not_served_is_counted_once_a_path) {
    for (int i = 0; i < 2; ++i) {
        note_skipped_name(state, "a", "\xff");
        note_skipped_name(state, "b", "\xff");
        refuse_link(state, "a/link", "one reason");
        refuse_link(state, "a/link", "another");
    }
    BOOST_TEST(state.report.skipped_names == 2U);
    BOOST_TEST(state.report.refused_links == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
