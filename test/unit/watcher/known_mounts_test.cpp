#include "watcher/known_mounts.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(known_mounts)

namespace {

using Points = std::vector<std::string>;

PointSight there(bool is_mount, std::uint64_t device, std::uint64_t inode, std::uint64_t id = 0) {
    return {
        .kind = PointSight::Kind::there,
        .is_mount = is_mount,
        .is_directory = true,
        .device = device,
        .inode = inode,
        .unique_id = id};
}

PointSight mounted(std::uint64_t device, std::uint64_t inode = 2, std::uint64_t id = 0) {
    return there(true, device, inode, id);
}

PointSight uncovered() {
    return there(false, 1, 77);
}

const PointSight missing{.kind = PointSight::Kind::missing};
const PointSight hung{};

/// What stands for the kernel.
struct World {
    std::map<std::string, PointSight> points;

    KnownMounts::Changes show_to(KnownMounts& mounts) const {
        std::set<std::string> listed;
        for (const auto& [point, sight] : points)
            if (sight.is_mount)
                listed.insert(point);
        return mounts.update(listed, [&](const std::string& point) {
            const auto found = points.find(point);
            return found == points.end() ? missing : found->second;
        });
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_fate_of_a_mount) {
    const Mount known{.point = "/r/m", .device = 8, .inode = 2};
    struct Row {
        const char* what;
        PointSight now;
        MountFate fate;
    };
    const Row rows[] = {
        {"the same", mounted(8), MountFate::in_place},
        {"another device", mounted(9), MountFate::replaced},
        {"another directory of the same device", mounted(8, 5), MountFate::replaced},
        {"uncovered", uncovered(), MountFate::lost},
        {"uncovered, of the same device", there(false, 8, 77), MountFate::lost},
        {"it was bound to itself", there(false, 8, 2), MountFate::dissolved},
        {"the point is removed", missing, MountFate::removed},
        {"nobody can tell", hung, MountFate::unknown},
    };
    for (const Row& row : rows)
        BOOST_TEST((fate_of(known, row.now) == row.fate), row.what);
}

BOOST_AUTO_TEST_CASE(an_uncovered_mount_is_lost_until_it_is_covered_again) {
    KnownMounts mounts;
    World world{{{"/r/m", mounted(8)}}};
    BOOST_TEST((world.show_to(mounts).doubtful == Points{"/r/m"}));
    BOOST_TEST(!world.show_to(mounts).any);

    world.points["/r/m"] = uncovered();
    BOOST_TEST(world.show_to(mounts).any);
    BOOST_TEST(!world.show_to(mounts).any);
    BOOST_TEST(mounts.is_lost("/r/m"));
    BOOST_TEST(mounts.is_lost("/r/m/a/b"));
    BOOST_TEST(!mounts.is_lost("/r"));
    BOOST_TEST(!mounts.is_lost("/r/mm"));
    BOOST_TEST((mounts.lost_points() == Points{"/r/m"}));

    world.points["/r/m"] = mounted(9);
    const auto changes = world.show_to(mounts);
    BOOST_TEST(changes.any);
    BOOST_TEST((changes.doubtful == Points{"/r/m"}));
    BOOST_TEST(!mounts.any_lost());
    BOOST_TEST(mounts.all().front().device == 9u);
}

BOOST_AUTO_TEST_CASE(a_loss_ends_with_its_mount_point_or_when_it_is_forgotten) {
    KnownMounts mounts;
    World world{{{"/r/a", mounted(8)}, {"/r/b", mounted(9)}}};
    (void)world.show_to(mounts);
    world.points["/r/a"] = uncovered();
    world.points["/r/b"] = uncovered();
    (void)world.show_to(mounts);

    world.points.erase("/r/a");
    BOOST_TEST(world.show_to(mounts).any);
    BOOST_TEST(!mounts.is_lost("/r/a"));
    BOOST_TEST(!mounts.forget_lost("/r/a"));
    BOOST_TEST(!mounts.forget_lost("/r"));
    BOOST_TEST(mounts.forget_lost("/r/b"));
    BOOST_TEST(!mounts.any_lost());
    BOOST_TEST(mounts.empty());
}

BOOST_AUTO_TEST_CASE(what_is_mounted_below_a_lost_mount_is_lost_with_it) {
    KnownMounts mounts;
    World world{{{"/r/m", mounted(8)}, {"/r/m/in/ner", mounted(9)}, {"/r/m-2", mounted(10)}}};
    (void)world.show_to(mounts);

    world.points = {{"/r/m", uncovered()}, {"/r/m-2", mounted(10)}};
    (void)world.show_to(mounts);
    BOOST_TEST(mounts.is_lost("/r/m/in/ner"));
    BOOST_TEST(!mounts.is_lost("/r/m-2"));
    BOOST_TEST((mounts.lost_points() == Points{"/r/m"}));

    // The outer one is back, the inner one not yet.
    world.points["/r/m"] = mounted(8);
    world.points["/r/m/in/ner"] = uncovered();
    (void)world.show_to(mounts);
    BOOST_TEST(!mounts.is_lost("/r/m/other"));
    BOOST_TEST((mounts.lost_points() == Points{"/r/m/in/ner"}));
    world.points["/r/m/in/ner"] = mounted(9);
    (void)world.show_to(mounts);
    BOOST_TEST(!mounts.any_lost());
}

BOOST_AUTO_TEST_CASE(what_a_predecessor_saw_is_missed) {
    KnownMounts mounts({{"/r/a", 8, 2, 100}, {"/r/b", 9, 2, 101}, {"/r/c", 10, 2, 0}});
    const World world{
        {{"/r/a", mounted(8, 2, 100)}, {"/r/b", mounted(9, 2, 200)}, {"/r/c", uncovered()}}};

    const auto changes = world.show_to(mounts);

    BOOST_TEST((mounts.lost_points() == Points{"/r/c"}));
    BOOST_TEST((changes.doubtful == Points{"/r/b"}));  // an image like the one before, perhaps
    BOOST_TEST(mounts.all().size() == 3u);
}

BOOST_AUTO_TEST_CASE(points_go_with_the_directory_that_they_are_in) {
    KnownMounts mounts;
    const World world{{{"/r", mounted(1)}, {"/r/a/m", mounted(8)}, {"/r/ab/m", mounted(9)}}};
    (void)world.show_to(mounts);

    BOOST_TEST(mounts.has_at_or_above("/r/x"));
    BOOST_TEST(!mounts.has_at_or_above("/x"));
    BOOST_TEST(!mounts.forget_below("/r/b"));
    BOOST_TEST(mounts.forget_below("/r/a"));
    BOOST_TEST(!mounts.is_point("/r/a/m"));
    BOOST_TEST(mounts.is_point("/r/ab/m"));
    mounts.forget_inside("/r");
    BOOST_TEST(mounts.all().size() == 1u);
    mounts.keep_around("/other");
    BOOST_TEST(mounts.empty());
}

BOOST_AUTO_TEST_CASE(only_what_lies_below_the_root_counts_as_inside_it) {
    KnownMounts mounts({{"/r", 1, 1, 1}, {"/r/s/a", 8, 2, 1}, {"/elsewhere", 9, 2, 1}});
    BOOST_TEST(mounts.any_inside());
    mounts.keep_around("/r/s");
    BOOST_TEST(mounts.any_inside());
    BOOST_TEST(mounts.forget_below("/r/s/a"));
    BOOST_TEST(!mounts.any_inside());  // what is above it is not

    World world{{{"/r", mounted(1)}, {"/r/s", mounted(2)}}};
    (void)world.show_to(mounts);
    BOOST_TEST(!mounts.any_inside());  // nor what is at it
    world.points["/r/s/b"] = mounted(3);
    (void)world.show_to(mounts);
    BOOST_TEST(mounts.any_inside());
    world.points["/r/s/b"] = uncovered();
    (void)world.show_to(mounts);
    BOOST_TEST(mounts.any_inside());  // a lost one is
    BOOST_TEST(mounts.forget_lost("/r/s/b"));
    BOOST_TEST(!mounts.any_inside());
}

BOOST_AUTO_TEST_CASE(the_root_of_everything_has_all_below_it) {
    BOOST_TEST(is_at_or_below("/a", "/"));
    BOOST_TEST(is_at_or_below("/", "/"));
    BOOST_TEST(!is_at_or_below("/", "/a"));
    BOOST_TEST(is_at_or_below("/a/b", "/a"));
    BOOST_TEST(!is_at_or_below("/ab", "/a"));
}

BOOST_AUTO_TEST_SUITE_END()
