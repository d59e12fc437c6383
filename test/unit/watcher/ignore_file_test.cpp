#include "watcher/ignore_file.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

using namespace treecast::test::tree_state_cases;

BOOST_AUTO_TEST_SUITE(ignore_file)

namespace {

/// Whether "x" in the directory is served after its rules were read.
bool shows_x(WatchedTree& tree, const std::string& directory) {
    const DirectoryId id = tree.add(directory);
    DirectoryReader reader;
    const auto opened = tree.root.open_directory(directory);
    BOOST_REQUIRE(opened.has_value());
    BOOST_REQUIRE(!reader.read(opened->get()));
    read_ignore_file(tree.state, id, reader);

    DirectoryEntry entry;
    bool are_rewound = false;
    while (reader.next(entry))
        are_rewound = are_rewound || std::string_view(entry.name) == "first";
    BOOST_TEST(are_rewound);
    return tree.state.hiding.scope(directory).shows("x", false);
}

}  // namespace

BOOST_AUTO_TEST_CASE(rules_that_cannot_be_read_stay_as_they_were) {
    struct Row {
        const char* what;
        std::function<void(const WatchedTree&)> change;
        bool shows;
    };
    const Row rows[] = {
        {"as before", [](const WatchedTree&) {}, false},
        {"others",
         [](const WatchedTree& tree) {
             tree.write("d/.treecastignore", "y\n");
         },
         true},
        {"empty",
         [](const WatchedTree& tree) {
             tree.write("d/.treecastignore", "");
         },
         true},
        {"none",
         [](const WatchedTree& tree) {
             fs::remove(tree.at("d/.treecastignore"));
         },
         true},
        {"a directory",
         [](const WatchedTree& tree) {
             fs::remove(tree.at("d/.treecastignore"));
             tree.make_directory("d/.treecastignore");
         },
         false},
        {"a link to other rules",
         [](const WatchedTree& tree) {
             fs::remove(tree.at("d/.treecastignore"));
             tree.write("rules", "y\n");
             tree.make_link("d/.treecastignore", "../rules");
         },
         true},
        {"a link out of the root",
         [](const WatchedTree& tree) {
             fs::remove(tree.at("d/.treecastignore"));
             tree.directory.write("rules", "y\n");
             tree.make_link("d/.treecastignore", "../../rules");
         },
         false},
    };
    for (const Row& row : rows) {
        WatchedTree tree;
        tree.write("d/first");
        tree.write("d/.treecastignore", "x\n");
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(!shows_x(tree, "d"));
            row.change(tree);
            BOOST_TEST(shows_x(tree, "d") == row.shows);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_exceeds_a_mebibyte_of_rules_is_not_read) {
    WatchedTree tree;
    tree.write("d/first");
    const std::string comment = "#" + std::string(IgnoreRules::bytes_max - 4, '.') + "\n";
    tree.write("d/.treecastignore", comment + "x\n");
    BOOST_TEST(!shows_x(tree, "d"));
    tree.write("d/.treecastignore", comment + "..\nx\n");
    BOOST_TEST(shows_x(tree, "d"));
}

BOOST_AUTO_TEST_SUITE_END()
