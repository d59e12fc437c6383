#include "watcher/mount_table.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(mount_table)

namespace {

const char* const mountinfo =
    "21 1 0:20 / / rw,relatime - ext4 /dev/vda rw\n"
    "30 21 0:31 / /srv rw shared:1 - tmpfs tmpfs rw\n"
    "31 30 0:32 / /srv/tree rw - tmpfs tmpfs rw\n"
    "32 31 0:33 /sub /srv/tree/with\\040blank rw - tmpfs tmpfs rw\n"
    "33 30 0:34 / /srv/tree2 rw - tmpfs tmpfs rw\n"
    "nonsense\n"
    "34 31 0:35 / /srv/tree/a\\134b rw - tmpfs tmpfs rw";

using Points = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(mount_points_above_at_and_below_the_directory_count) {
    BOOST_TEST(
        (mount_points_around(mountinfo, "/srv/tree") ==
         Points{"/srv", "/srv/tree", "/srv/tree/with blank", "/srv/tree/a\\b"})
    );
    BOOST_TEST((mount_points_around(mountinfo, "/srv/tree2") == Points{"/srv", "/srv/tree2"}));
    BOOST_TEST((mount_points_around(mountinfo, "/srv/other/tree") == Points{"/srv"}));
    BOOST_TEST(mount_points_around(mountinfo, "/elsewhere").empty());
    BOOST_TEST(mount_points_around(mountinfo, "/").size() == 5u);
    BOOST_TEST(mount_points_around("", "/srv").empty());
}

BOOST_AUTO_TEST_CASE(there_is_no_news_as_long_as_nothing_is_mounted) {
    MountTable table;

    BOOST_TEST(table.has_news());
    BOOST_TEST(!table.has_news());
    BOOST_TEST(!table.has_news());
}

BOOST_AUTO_TEST_CASE(a_point_is_looked_at) {
    const MountTable table;

    const auto proc = table.look_at("/proc", true);
    BOOST_TEST((proc.kind == PointSight::Kind::there));
    BOOST_TEST(proc.is_mount);
    BOOST_TEST(proc.is_directory);
    BOOST_TEST((table.look_at("/proc/missing/point", true).kind == PointSight::Kind::missing));
    // Through a link it is no mount point.
    BOOST_TEST((table.look_at("/proc/self", true).kind == PointSight::Kind::missing));
    // A directory that nobody mounts anything over, as containers do over /proc/sys.
    const treecast::test::TemporaryDirectory directory;
    BOOST_TEST(!table.look_at(directory.path(), false).is_mount);
}

BOOST_AUTO_TEST_SUITE_END()
