#include "test/unit/watcher/events_fixture.hpp"

using namespace treecast::test::events_cases;

BOOST_AUTO_TEST_SUITE(events)

namespace {

using Changes = std::map<std::string, Signs>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_changes_under_every_path_of_its_directory) {
    struct Row {
        const char* what;
        Event event;
        Changes changes;
    };
    const Signs created{.created = true};
    const Row rows[] = {
        {"written to",
         {of_a, IN_MODIFY, "f"},
         {{"a/f", {.modified = true}}, {"alias/f", {.modified = true}}}},
        {"closed",
         {of_a, IN_CLOSE_WRITE, "f"},
         {{"a/f", {.closed = true}}, {"alias/f", {.closed = true}}}},
        {"created", {of_a, IN_CREATE, "f"}, {{"a/f", created}, {"alias/f", created}}},
        {"moved to",
         {of_a, IN_MOVED_TO, "f"},
         {{"a/f", {.arrived = true}}, {"alias/f", {.arrived = true}}}},
        {"removed", {of_a, IN_DELETE, "f"}, {{"a/f", {.gone = true}}, {"alias/f", {.gone = true}}}},
        {"opened only", {of_a, IN_OPEN, "f"}, {{"a/f", {}}, {"alias/f", {}}}},
        {"no alias leads there", {of_root, IN_CREATE, "f"}, {{"f", created}}},
        {"hidden", {of_a, IN_MODIFY, ".f"}, {}},
        {"a name that cannot be served", {of_a, IN_MODIFY, "\xff"}, {}},
        {"a directory", {of_a, IN_CREATE | IN_ISDIR, "new"}, {}},
        {"names are read", {of_a, IN_OPEN | IN_ISDIR, "sub"}, {}},
        {"a watch of nobody", {99, IN_MODIFY, "f"}, {}},
    };
    for (const Row& row : rows) {
        KnownTree tree;
        tree.apply({row.event});
        BOOST_TEST((tree.take_changes() == row.changes), row.what);
        BOOST_TEST(tree.state.report.skipped_names == (row.event.name == "\xff" ? 1U : 0U));
    }
}

BOOST_AUTO_TEST_CASE(rules_are_read_again_when_their_writer_is_done) {
    struct Row {
        std::uint32_t mask;
        Paths due;
    };
    const Paths all{"a/...", "alias/..."};
    const Row rows[] = {
        {IN_MODIFY, {}},
        {IN_CLOSE_WRITE, all},
        {IN_DELETE, all},
        {IN_MOVED_TO, all},
        {IN_ATTRIB, all},
    };
    for (const Row& row : rows) {
        KnownTree tree;
        tree.apply({{of_a, row.mask, std::string(ignore_file_name)}});
        Paths due = tree.take_due();
        std::ranges::sort(due);
        BOOST_TEST(due == row.due, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_file_changes_under_the_links_that_end_at_it) {
    struct Row {
        const char* what;
        LinkKind kind;
        std::vector<std::string> names_on_the_way;  // in the root
        bool changes;
    };
    const Row rows[] = {
        {"it ends there", LinkKind::file, {"link", "f"}, true},
        {"it goes on from there", LinkKind::file, {"link", "f", "g"}, false},
        {"it leads to a directory", LinkKind::directory, {"link", "f"}, false},
        {"another name", LinkKind::file, {"link", "g"}, false},
    };
    for (const Row& row : rows) {
        KnownTree tree;
        Link link;
        link.kind = row.kind;
        for (const std::string& name : row.names_on_the_way)
            link.dependencies.push_back({root_directory, name});
        tree.state.links.set({root_directory, "link"}, link);
        tree.apply({{of_root, IN_MODIFY, "f"}});
        const Changes changes = tree.take_changes();
        BOOST_TEST(changes.contains("f"), row.what);
        BOOST_TEST(changes.contains("link") == row.changes, row.what);
    }
}

BOOST_AUTO_TEST_CASE(a_file_with_a_watch_of_its_own) {
    KnownTree tree;
    tree.state.file_watches.set("one", of_file);
    tree.state.file_watches.set("other", of_file);
    tree.apply({{of_file, IN_CLOSE_WRITE, ""}});
    const Signs closed{.closed = true};
    BOOST_TEST((tree.take_changes() == Changes{{"one", closed}, {"other", closed}}));

    tree.apply({{of_file, IN_IGNORED, ""}});
    BOOST_TEST(!tree.state.file_watches.has("one"));
    BOOST_TEST(!tree.state.mounts.in_doubt);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_mounted_over_a_name) {
    KnownTree tree;
    tree.state.mounted_files.set("a/f", of_file);
    tree.apply({{of_file, IN_CLOSE_WRITE, ""}});
    const Signs closed{.closed = true};
    BOOST_TEST((tree.take_changes() == Changes{{"a/f", closed}, {"alias/f", closed}}));

    tree.apply({{of_file, IN_IGNORED, ""}});
    BOOST_TEST(tree.state.mounts.in_doubt);
    BOOST_TEST(tree.state.mounted_files.count() == 0U);
}

BOOST_AUTO_TEST_CASE(names_in_the_root_are_counted) {
    KnownTree tree;
    tree.apply({{of_root, IN_CREATE, "x"}, {of_root, IN_MOVED_TO, "y"}, {of_a, IN_CREATE, "z"}});
    BOOST_TEST((tree.state.root_names == RootNames{root_name("x"), root_name("y")}));
    tree.apply({{of_root, IN_MOVED_FROM, "x"}});
    BOOST_TEST((tree.state.root_names == RootNames{root_name("y")}));
}

BOOST_AUTO_TEST_CASE(opens_are_reported_where_a_file_of_somebody_else_appears) {
    struct Row {
        const char* what;
        LeaseRights leases;
        std::uint32_t mask;
        bool reports_opens;
    };
    const LeaseRights own = LeaseRights::of_owner(::geteuid());
    const Row rows[] = {
        {"leases reach all", LeaseRights::of_all(), IN_CREATE, false},
        {"it is our own", own, IN_CREATE, false},
        {"created by somebody else", LeaseRights::none(), IN_CREATE, true},
        {"moved there", LeaseRights::none(), IN_MOVED_TO, true},
        {"given to somebody else", LeaseRights::none(), IN_ATTRIB, true},
        {"written to only", LeaseRights::none(), IN_MODIFY, false},
    };
    for (const Row& row : rows) {
        KnownTree tree({.leases = row.leases});
        tree.write("f");
        tree.apply({{of_root, row.mask, "f"}});
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(tree.state.watches.reports_opens(root_directory) == row.reports_opens);
            const auto changes = tree.findings.changes.take();
            BOOST_TEST_REQUIRE(changes.size() == 1U);
            // The open by which it was created came before opens were reported.
            const bool has_opener = changes.front().openers.applied_to(0) != 0;
            BOOST_TEST(
                has_opener ==
                (row.mask == IN_MODIFY || (row.reports_opens && row.mask == IN_CREATE))
            );
        }
    }
}

BOOST_AUTO_TEST_CASE(what_the_roots_path_leads_through_puts_it_in_doubt) {
    KnownTree tree;
    (void)tree.state.path_watches.set(tree.state.inotify, tree.directory.path() + "/root");
    const auto watch = tree.state.path_watches.evict();
    BOOST_TEST_REQUIRE(watch.has_value());
    tree.apply({{*watch, IN_MOVE_SELF, ""}});
    BOOST_TEST(!tree.state.root_in_doubt);  // it is not watched for that any more

    (void)tree.state.path_watches.set(tree.state.inotify, tree.directory.path() + "/root");
    tree.apply({{*watch, IN_OPEN, ""}});
    BOOST_TEST(!tree.state.root_in_doubt);
    tree.apply({{*watch, IN_MOVE_SELF, ""}});
    BOOST_TEST(tree.state.root_in_doubt);
    BOOST_TEST(tree.state.path_watches.contains(*watch));
    tree.apply({{*watch, IN_IGNORED, ""}});
    BOOST_TEST(!tree.state.path_watches.contains(*watch));
}

BOOST_AUTO_TEST_SUITE_END()
