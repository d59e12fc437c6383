#include "watcher/tree_state.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

using namespace treecast::test::tree_state_cases;

BOOST_FIXTURE_TEST_SUITE(tree_state, WatchedTree)

namespace {

struct NameEvent {
    const char* name;
    bool is_there;
};

RootNames names(const std::vector<const char*>& all) {
    RootNames hashes;
    for (const char* name : all)
        hashes.insert(root_name(name));
    return hashes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(events_during_a_read_are_newer_than_the_names_that_it_read) {
    struct Row {
        const char* what;
        bool reads_in_parts;
        std::vector<NameEvent> events;
        std::vector<const char*> after;  // the scan has read "a" and "b"
    };
    const Row rows[] = {
        {"none", true, {}, {"a", "b"}},
        {"one came", true, {{"c", true}}, {"a", "b", "c"}},
        {"one went", true, {{"a", false}}, {"b"}},
        {"one came and went", true, {{"c", true}, {"c", false}}, {"a", "b"}},
        {"one went and came", true, {{"a", false}, {"a", true}}, {"a", "b"}},
        {"before the read", false, {{"a", false}, {"c", true}}, {"a", "b"}},
    };
    for (const Row& row : rows) {
        WatchedTree tree;
        tree.state.reads_in_parts = row.reads_in_parts;
        for (const auto& [name, is_there] : row.events)
            tree.state.note_root_name(name, is_there);
        tree.state.set_root_names(names({"a", "b"}));
        BOOST_TEST((tree.state.root_names == names(row.after)), row.what);
        BOOST_TEST(tree.state.root_changes.empty());
    }
}

BOOST_AUTO_TEST_CASE(names_that_came_during_the_read_are_not_older_than_it) {
    BOOST_TEST(!state.knows_older_root_names());
    state.reads_in_parts = true;
    state.note_root_name("new", true);
    BOOST_TEST(!state.knows_older_root_names());
    state.root_names.insert(root_name("old"));
    BOOST_TEST(state.knows_older_root_names());
    state.note_root_name("old", false);
    BOOST_TEST(!state.knows_older_root_names());
}

BOOST_AUTO_TEST_CASE(directories_and_files_behind_links_count_together) {
    const DirectoryId alias = state.tree.add_alias(root_directory, "alias", add("a"));
    state.tree.set_listed_files(alias, 3);
    Link link;
    link.kind = LinkKind::file;
    link.dependencies = {{root_directory, "link"}, {root_directory, "f"}};
    state.links.set({root_directory, "link"}, link);
    BOOST_TEST(state.alias_paths() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
