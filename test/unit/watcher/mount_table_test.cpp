#include "watcher/mount_table.hpp"

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

using Mounts = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(mounts_at_and_below_the_directory_count) {
    BOOST_TEST(
        (mounts_below(mountinfo, "/srv/tree") ==
         Mounts{"31 /srv/tree", "32 /srv/tree/with blank", "34 /srv/tree/a\\b"})
    );
    BOOST_TEST((mounts_below(mountinfo, "/srv/tree2") == Mounts{"33 /srv/tree2"}));
    BOOST_TEST(mounts_below(mountinfo, "/elsewhere").empty());
    BOOST_TEST(mounts_below(mountinfo, "/").size() >= 6u);
    BOOST_TEST(mounts_below("", "/srv").empty());
}

BOOST_AUTO_TEST_CASE(nothing_has_changed_as_long_as_nothing_is_mounted) {
    MountTable table;

    BOOST_TEST(!table.changed_below("/"));
    BOOST_TEST(!table.changed_below("/"));
    BOOST_TEST(!table.changed_below("/tmp"));
}

BOOST_AUTO_TEST_SUITE_END()
