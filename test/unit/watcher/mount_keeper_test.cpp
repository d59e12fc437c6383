#include "watcher/mount_keeper.hpp"

#include "test/unit/watcher/mounted_tree_fixture.hpp"

#include <cerrno>

using namespace treecast::test::mounted_tree_cases;

BOOST_FIXTURE_TEST_SUITE(mount_keeper, MountedTree)

BOOST_AUTO_TEST_CASE(the_status_names_the_first_of_the_lost_mounts) {
    struct Row {
        const char* what;
        Paths points;
        Paths lost;
        std::string words;
    };
    const Row rows[] = {
        {"none", {}, {}, ""},
        {"one", {"a"}, {"a"}, "/a is no mount point any more; what"},
        {"two", {"a", "b"}, {"a", "b"}, "/a is no mount point any more, nor is 1 other; what"},
        {"three",
         {"a", "b", "c"},
         {"a", "b", "c"},
         "/a is no mount point any more, nor are 2 others; what"},
        {"one inside another", {"a", "a/b"}, {"a"}, "/a is no mount point any more; what"},
        {"a hidden one", {".a", "b"}, {"b"}, "/b is no mount point any more; what"},
        {"one below a hidden directory", {".a/b"}, {}, ""},
    };
    for (const Row& row : rows) {
        know(row.points);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(describe_lost_mounts(state).empty());  // they are still there
            lose();
            BOOST_TEST(lost_mounts(state) == row.lost, boost::test_tools::per_element());
            const std::string words = describe_lost_mounts(state);
            BOOST_TEST(words.substr(0, row.words.size()) == row.words);
            BOOST_TEST(words.empty() == row.words.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_lost_mount_counts_though_hidden_where_a_link_leads_to_it) {
    know({".a"});
    lose();
    BOOST_TEST(lost_mounts(state).empty());
    state.tree.pin(state.tree.add_real(root_directory, ".a", false));
    BOOST_TEST((lost_mounts(state) == Paths{".a"}));
}

BOOST_AUTO_TEST_CASE(what_can_be_forgotten_and_how_it_is_named) {
    struct Row {
        std::string named;
        bool is_forgotten;
    };
    const Row rows[] = {
        {"d/m", true},
        {"/d/m", true},
        {"d/m/", true},
        {root_path + "/d/m", true},
        {root_path + "/d/m/", true},
        {root_path + "-other/d/m", false},
        {"d", false},
        {"d/m/below", false},
        {"m", false},
        {"", false},
        {"/", false},
        {".", false},
    };
    for (const Row& row : rows) {
        know({"d/m"});
        lose();
        state.mounts.in_doubt = state.mounts.unsaved = false;
        BOOST_TEST_CONTEXT(row.named) {
            BOOST_TEST(forget_lost(state, row.named) == row.is_forgotten);
            BOOST_TEST(state.mounts.known.any_lost() != row.is_forgotten);
            BOOST_TEST(state.mounts.in_doubt == row.is_forgotten);
            BOOST_TEST(state.mounts.unsaved == row.is_forgotten);
            BOOST_TEST((take_due() == (row.is_forgotten ? Paths{"/..."} : Paths{})));
        }
    }
    know({"d/m"});
    BOOST_TEST(!forget_lost(state, "d/m"));  // it is not lost
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_read_as_if_for_the_first_time) {
    const DirectoryId m = add("m");
    const DirectoryId below = add("m/below");
    for (const DirectoryId id : {m, below})
        state.health.set_device(id, 8);
    know({"m"});
    lose();
    state.mounts.unproved.insert("m");
    BOOST_TEST(forget_lost(state, "m"));
    for (const DirectoryId id : {m, below})
        BOOST_TEST(state.health.device(id) == 0U);
    BOOST_TEST(state.mounts.unproved.empty());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_empty_all_at_once_can_be_forgotten) {
    struct Row {
        int error;
        bool is_forgotten;
    };
    for (const Row& row : {Row{0, false}, {EACCES, false}, {ENODATA, true}}) {
        const DirectoryId a = add("a");
        state.health.set_device(a, 8);
        state.health.set_error(a, row.error);
        BOOST_TEST(forget_lost(state, "a") == row.is_forgotten, row.error);
        BOOST_TEST((state.health.device(a) == 0) == row.is_forgotten);
    }
}

BOOST_AUTO_TEST_CASE(a_lost_root_may_be_empty_once_it_is_forgotten) {
    struct Row {
        const char* what;
        std::string trouble;
        bool is_empty;
        bool is_forgotten;
    };
    const Row rows[] = {
        {"it is there", "", false, false},
        {"it is empty", "it is empty", true, true},
        {"it is missing", "No such file or directory", false, false},
    };
    for (const Row& row : rows) {
        state.root_trouble = row.trouble;
        state.root_is_empty = row.is_empty;
        state.root_may_be_empty = state.root_in_doubt = false;
        state.root_names = {root_name("f")};
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(forget_lost(state, "/") == row.is_forgotten);
            BOOST_TEST(state.root_may_be_empty == row.is_forgotten);
            BOOST_TEST(state.root_in_doubt == row.is_forgotten);
            BOOST_TEST(state.root_names.empty() == row.is_forgotten);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_doubtful_is_so_under_every_path) {
    const DirectoryId m = add("m");
    const DirectoryId sub = add("m/sub");
    state.tree.add_alias(root_directory, "alias", m);
    state.tree.add_alias(root_directory, "below", sub);
    add("beside");
    state.links.set(
        {root_directory, "file"},
        {.kind = LinkKind::file,
         .target = no_directory,
         .dependencies = {{root_directory, "file"}, {sub, "f"}}}
    );
    state.mounts.doubtful = {"m", "unknown"};

    BOOST_TEST((take_doubtful(state, findings) == Paths{"alias", "below", "m", "unknown"}));
    BOOST_TEST((take_changes() == std::map<std::string, Signs>{{"file", {.closed = true}}}));
    BOOST_TEST(take_doubtful(state, findings).empty());
}

BOOST_AUTO_TEST_CASE(mounts_follow_the_root_to_its_new_place) {
    struct Row {
        const char* what;
        bool is_moved;
        bool is_mounted_over;
        Paths left;
    };
    const std::string above = fs::path(root.real_path()).parent_path();
    const Row rows[] = {
        {"another directory took its place", false, false, {above}},
        {"something was mounted over it", false, true, {above, point("m")}},
        {"its path leads to another place", true, false, {above, point("m")}},
    };
    for (const Row& row : rows) {
        state.mounts.known = KnownMounts({
            {above, 8, 2, 7},
            {point("m"), 8, 2, 7},
            {"/elsewhere", 8, 2, 7},
        });
        state.mounts.root_is_other = row.is_mounted_over;
        state.mounts.doubtful.clear();
        state.mounts.in_doubt = state.mounts.unsaved = false;

        follow_root(state, row.is_moved ? "/before" : root.real_path());

        Paths left;
        for (const Mount& mount : state.mounts.known.all())
            left.push_back(mount.point);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(left == row.left, boost::test_tools::per_element());
            BOOST_TEST((state.mounts.doubtful == Paths{""}));  // the whole tree
            BOOST_TEST(!state.mounts.root_is_other);
            BOOST_TEST(state.mounts.in_doubt);
            BOOST_TEST(state.mounts.unsaved);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
