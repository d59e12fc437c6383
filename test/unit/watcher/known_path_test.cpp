#include "watcher/known_path.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(known_path)

namespace {

/// real/deep/ and other/; other/data leads to the file real/deep/data, alias to real/, other/back
/// to other/ itself, other/out out of the root.
struct Tree {
    WatchMap watches;
    ScanQueue scans;
    DirectoryHealth health;
    DirectoryTree tree{watches, scans, health};
    LinkTable links;
    DirectoryId real = tree.add_real(root_directory, "real", true);
    DirectoryId deep = tree.add_real(real, "deep", true);
    DirectoryId other = tree.add_real(root_directory, "other", true);
    DirectoryId alias = tree.add_alias(root_directory, "alias", real);
    DirectoryId deep_alias = tree.add_alias(alias, "deep", deep);

    void add_links() {
        links.set(
            {.directory = other, .name = "data"},
            {.kind = LinkKind::file,
             .dependencies = {{other, "data"}, {root_directory, "real"}, {deep, "data"}}}
        );
        links.set(
            {.directory = root_directory, .name = "alias"},
            {.kind = LinkKind::directory,
             .target = real,
             .dependencies = {{root_directory, "alias"}, {root_directory, "real"}}}
        );
        links.set(
            {.directory = other, .name = "back"},
            {.kind = LinkKind::directory, .target = other, .dependencies = {{other, "back"}}}
        );
        links.set(
            {.directory = other, .name = "out"},
            {.kind = LinkKind::refused, .dependencies = {{other, "out"}}}
        );
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_deepest_known_directory_is_found_with_the_name_in_it) {
    Tree known;
    struct Row {
        const char* path;
        DirectoryId directory;
        const char* name;
    };
    const Row rows[] = {
        {"", root_directory, ""},
        {"file", root_directory, "file"},
        {"real", root_directory, "real"},
        {"real/file", known.real, "file"},
        {"real/deep/file", known.deep, "file"},
        {"real/new/file", known.real, "new"},
        {"new/deep/file", root_directory, "new"},
        {"alias/deep/file", known.deep_alias, "file"},
    };
    for (const bool has_links : {false, true}) {
        if (has_links)
            known.add_links();
        for (const Row& row : rows) {
            const KnownPath found = treecast::watcher::known_path(known.tree, row.path);
            BOOST_TEST(found.directory == row.directory, row.path);
            BOOST_TEST(found.name == row.name, row.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(links_say_where_a_file_is_and_whether_it_is_served) {
    Tree known;
    known.add_links();
    const DirectoryTree& tree = known.tree;
    const LinkTable& links = known.links;
    struct Row {
        const char* path;
        DirectoryId directory;
        bool leads_through_link;
        bool is_refused;
        std::size_t links = 0;
    };
    const Row rows[] = {
        {"file", root_directory, false, false},
        {"real/deep/data", known.deep, false, false},
        {"other/data", known.deep, true, false, 1},
        {"other/file", known.other, false, false},
        {"alias", root_directory, true, false, 1},
        {"alias/file", known.real, true, false, 1},
        {"alias/deep/data", known.deep, true, false, 1},
        {"other/out", known.other, true, true, 1},
        {"other/out/file", known.other, true, true, 1},
        {"other/back", known.other, true, true, 1},
        {"other/back/file", known.other, true, true, 1},
    };
    for (const Row& row : rows) {
        BOOST_TEST(directory_of_file(tree, links, row.path) == row.directory, row.path);
        BOOST_TEST(leads_through_link(tree, links, row.path) == row.leads_through_link, row.path);
        BOOST_TEST(links_on_the_way(tree, links, row.path).size() == row.links, row.path);
        BOOST_TEST(leads_through_refused_link(tree, links, row.path) == row.is_refused, row.path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
