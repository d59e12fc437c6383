#include "test/fault/mounts_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(mounts, *needs(need::mounts()))

using namespace treecast::test::mounts_cases;

BOOST_AUTO_TEST_CASE(what_covers_a_mount_point_is_new_content) {
    Mounts mounts("mkdir root/data other; printf other >other/f; " + bind_data);
    BOOST_TEST(mounts.body("data/f") == "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");

    mounts.run("mount --bind other root/data");
    BOOST_TEST(mounts.comes_to("data/f", "other"));
    BOOST_TEST(mounts.comes_to("data/sub/g", "404"));
    mounts.run("umount root/data");  // the one below it covers the point still
    BOOST_TEST(mounts.comes_to("data/f", "vol"));
    BOOST_TEST(mounts.comes_to("data/sub/g", "deep"));
    BOOST_TEST(!mounts.is_degraded());
    mounts.run("umount root/data; mount -t tmpfs t root/data; printf tmpfs >root/data/f");
    BOOST_TEST(mounts.comes_to("data/f", "tmpfs"));
    mounts.run("umount root/data; mount --bind other root/data");
    BOOST_TEST(mounts.comes_to("data/f", "other"));
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(a_directory_that_was_bound_to_itself_loses_nothing) {
    Mounts mounts("mkdir root/data; printf own >root/data/f; mount --bind root/data root/data");
    BOOST_TEST(mounts.body("data/f") == "own");

    mounts.run("umount root/data; printf new >root/data/f");

    BOOST_TEST(mounts.comes_to("data/f", "new"));
    BOOST_TEST(!mounts.is_degraded());
}

BOOST_AUTO_TEST_CASE(several_and_nested_mounts_that_go_at_once) {
    Mounts mounts(
        "mkdir -p 'root/with blank' root/deep/er vol/inner in; printf in >in/f; mount --bind vol "
        "root/deep/er; mount --bind in root/deep/er/inner; mount --bind in 'root/with blank'"
    );
    BOOST_TEST(mounts.body("deep/er/f") == "vol");
    BOOST_TEST(mounts.body("deep/er/inner/f") == "in");
    BOOST_TEST(mounts.body("with%20blank/f") == "in");

    mounts.run("umount -R root/deep/er; umount 'root/with blank'");
    mounts.expect_kept("/deep/er", "deep/er/f", "vol");
    mounts.expect_kept("nor is 1 other;", "deep/er/inner/f", "in");
    mounts.expect_kept("/deep/er", "with%20blank/f", "in");

    mounts.run("mount --bind vol root/deep/er");
    mounts.expect_kept("/deep/er/inner is no", "deep/er/inner/f", "in");
    mounts.run("mount --bind in root/deep/er/inner");
    mounts.expect_kept("/with blank is no", "with%20blank/f", "in");
    BOOST_TEST(mounts.client("forget", {"/with blank"}) == 0);
    BOOST_TEST(mounts.comes_to("with%20blank/f", "404"));
    mounts.expect_recovered();
    BOOST_TEST(mounts.body("deep/er/inner/f") == "in");
}

BOOST_AUTO_TEST_CASE(what_links_into_a_mount_show_stays) {
    Mounts mounts(
        "mkdir root/data; " + bind_data +
        "ln -s data root/all; ln -s data/sub root/sub; ln -s data/f root/f; ln -s .. vol/up"
    );
    for (const char* const file : {"all/sub/g", "sub/g"})
        BOOST_TEST(mounts.body(file) == "deep");
    BOOST_TEST(mounts.body("f") == "vol");

    mounts.run("umount root/data");
    for (const char* const file : {"all/sub/g", "sub/g"})
        mounts.expect_kept("/data", file, "deep");
    mounts.expect_kept("/data", "f", "vol");
    mounts.kill();
    mounts.start();
    for (const char* const file : {"all/sub/g", "sub/g"})
        mounts.expect_kept("/data", file, "deep");
    mounts.expect_kept("/data", "f", "vol");

    mounts.run("printf edited >vol/f; printf edited >vol/sub/g; " + bind_data);
    for (const char* const file : {"all/sub/g", "sub/g", "f"})
        BOOST_TEST(mounts.comes_to(file, "edited"), file);
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(a_mount_that_moves) {
    Mounts mounts("mkdir -p root/a/data root/b; mount --bind vol root/a/data");
    BOOST_TEST(mounts.body("a/data/f") == "vol");

    mounts.run("mv root/a root/c");  // with what is mounted in it
    BOOST_TEST(mounts.comes_to("c/data/f", "vol"));
    BOOST_TEST(mounts.comes_to("a/data/f", "404"));
    BOOST_TEST(!mounts.is_degraded());

    mounts.run("mount --move root/c/data root/b");
    BOOST_TEST(mounts.comes_to("b/f", "vol"));
    mounts.expect_kept("/c/data", "c/data/f", "vol");
    mounts.run("rmdir root/c/data; umount root/b");
    BOOST_TEST(mounts.comes_to("c/data/f", "404"));
    mounts.expect_kept("/b is no", "b/f", "vol");
}

BOOST_AUTO_TEST_CASE(a_directory_with_a_mount_is_exchanged_for_another) {
    Mounts mounts(
        "mkdir -p root/site/data new/data; printf new >new/data/f; mount --bind vol "
        "root/site/data"
    );
    BOOST_TEST(mounts.body("site/data/f") == "vol");

    mounts.run("mv root/site root/old; mv new root/site");

    BOOST_TEST(mounts.comes_to("site/data/f", "new"));
    BOOST_TEST(mounts.comes_to("old/data/f", "vol"));
    BOOST_TEST(!mounts.is_degraded());
}

BOOST_AUTO_TEST_SUITE_END()
