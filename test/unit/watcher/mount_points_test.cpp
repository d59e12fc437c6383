#include "watcher/mount_points.hpp"

#include "test/unit/watcher/mounted_tree_fixture.hpp"

using namespace treecast::test::mounted_tree_cases;

BOOST_FIXTURE_TEST_SUITE(mount_points, MountedTree)

BOOST_AUTO_TEST_CASE(points_and_paths_below_the_root) {
    struct Row {
        std::string root;
        std::string path;
        std::string point;
    };
    const Row rows[] = {
        {"/r", "a/b", "/r/a/b"},
        {"/r", "", "/r"},
        {"/", "a", "/a"},
        {"/", "", "/"},
    };
    for (const Row& row : rows) {
        BOOST_TEST(absolute(row.root, row.path) == row.point);
        BOOST_TEST(path_in_tree(row.root, row.point) == row.path);
    }
    BOOST_TEST(path_in_tree("/r/s", "/r") == "");  // what is above it concerns all of it
    BOOST_TEST(path_in_tree("/r", "/") == "");
}

BOOST_AUTO_TEST_CASE(one_mount_without_an_id_leaves_all_unproved) {
    BOOST_TEST(are_proved(KnownMounts()));
    BOOST_TEST(are_proved(KnownMounts({{"/a", 8, 2, 1}, {"/b", 8, 2, 2}})));
    BOOST_TEST(!are_proved(KnownMounts({{"/a", 8, 2, 1}, {"/b", 8, 2, no_id}})));
}

BOOST_AUTO_TEST_CASE(paths_that_show_what_a_lost_mount_had_covered) {
    make_directory("d/m/below");
    make_directory("d/mm");
    make_link("to_m", "d/m");
    make_link("through_m", "d/m/below");
    make_link("back_out", "d/m/../mm");
    make_link("beside", "d/mm");
    make_link("nowhere", "nothing");
    struct Row {
        const char* path;
        bool lies_in;
        bool leads_into;
    };
    const Row rows[] = {
        {"d", false, false},
        {"d/m", true, true},
        {"d/m/below", true, true},
        {"d/mm", false, false},
        {"to_m", false, true},
        {"to_m/below", false, true},
        {"through_m", false, true},
        {"back_out", false, true},
        {"beside", false, false},
        {"nowhere", false, false},
    };
    for (const bool is_lost : {false, true}) {
        know({"d/m"});
        if (is_lost)
            lose();
        for (const Row& row : rows) {
            BOOST_TEST(lies_in_lost_mount(state, row.path) == (is_lost && row.lies_in), row.path);
            BOOST_TEST(
                leads_into_lost_mount(state, row.path) == (is_lost && row.leads_into),
                row.path
            );
        }
    }
}

BOOST_AUTO_TEST_CASE(points_go_with_the_name_that_they_are_behind) {
    struct Row {
        std::string name;
        bool is_gone;
    };
    const DirectoryId a = add("a");
    for (const Row& row : {Row{"m", true}, {"mm", false}, {"x", false}}) {
        know({"a/m/n"});
        state.mounts.in_doubt = state.mounts.unsaved = false;
        remove_points(state, {a, row.name});
        BOOST_TEST(is_mount_point(state, "a/m/n") != row.is_gone, row.name);
        BOOST_TEST(state.mounts.in_doubt == row.is_gone);
        BOOST_TEST(state.mounts.unsaved == row.is_gone);
    }
}

BOOST_AUTO_TEST_CASE(another_directory_at_a_point_is_in_doubt_unless_an_id_proves_it) {
    struct Row {
        const char* what;
        std::vector<std::string> points;
        std::uint64_t unique_id;
        bool is_doubtful;
    };
    const Row rows[] = {
        {"no mount point", {"b"}, no_id, false},
        {"one with an id", {"a"}, 7, false},
        {"one without", {"a"}, no_id, true},
    };
    const DirectoryId a = add("a");
    for (const Row& row : rows) {
        know(row.points, row.unique_id);
        state.mounts.doubtful.clear();
        BOOST_TEST(note_other_directory(state, a) == row.is_doubtful, row.what);
        BOOST_TEST((state.mounts.doubtful == (row.is_doubtful ? Paths{"a"} : Paths{})));
    }
}

BOOST_AUTO_TEST_CASE(an_empty_mount_is_unproved_until_something_is_in_it) {
    const DirectoryId a = add("a");
    const DirectoryId b = add("b");
    state.health.set_device(a, 8);
    doubt_mount(state, a);
    BOOST_TEST(is_unproved_mount(state, a));
    BOOST_TEST(!is_unproved_mount(state, b));
    BOOST_TEST(state.health.device(a) == 0U);  // the receiver is asked what is missing
    note_proved_mount(state, b);
    BOOST_TEST(is_unproved_mount(state, a));
    note_proved_mount(state, a);
    BOOST_TEST(!is_unproved_mount(state, a));
}

BOOST_AUTO_TEST_SUITE_END()
