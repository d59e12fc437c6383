#include "test/fault/mounts_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(mounts, *needs(need::mounts()))

using namespace treecast::test::mounts_cases;

BOOST_AUTO_TEST_CASE(what_a_bind_mount_showed_stays_until_it_is_back) {
    Mounts mounts("mkdir root/data; printf placeholder >root/data/f; " + bind_data);
    BOOST_TEST(mounts.body("data/f") == "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");

    mounts.run("umount root/data");
    mounts.expect_kept("/data is no mount point any more", "data/f", "vol");
    mounts.run("touch root/data/f root/data; printf other >root/data/new; printf edited >vol/f");
    mounts.expect_kept("treecast forget /data", "data/f", "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");
    BOOST_TEST(mounts.body("data/new") == "404");

    mounts.run(bind_data);
    BOOST_TEST(mounts.comes_to("data/f", "edited"));
    mounts.expect_recovered();
    mounts.run("printf pushed >root/data/sub/g");
    BOOST_TEST(mounts.comes_to("data/sub/g", "pushed"));
}

BOOST_AUTO_TEST_CASE(what_a_root_that_was_a_mount_had_covered_is_not_served) {
    Mounts mounts(bind_root);
    BOOST_TEST(mounts.body("f") == "vol");
    BOOST_TEST(mounts.body("sub/g") == "deep");

    mounts.run("umount -l root; touch root/f");
    mounts.expect_kept("is lost", "f", "vol");
    BOOST_TEST(mounts.body("sub/g") == "deep");

    mounts.run("printf edited >vol/f; mount --bind vol root");
    BOOST_TEST(mounts.comes_to("f", "edited"));
    mounts.expect_recovered();
    mounts.run("printf pushed >vol/sub/g");
    BOOST_TEST(mounts.comes_to("sub/g", "pushed"));
}

BOOST_AUTO_TEST_CASE(nor_what_a_mount_above_the_root_had_covered) {
    Mounts mounts(
        "rmdir root; mkdir -p disk/tree disk2/tree; printf real >disk2/tree/f; printf placeholder "
        ">disk/tree/f; mount --bind disk2 disk; ln -s disk/tree root"
    );
    BOOST_TEST(mounts.body("f") == "real");

    mounts.run("umount -l disk");
    mounts.expect_kept("is lost", "f", "real");
    mounts.kill();
    mounts.start();
    mounts.expect_kept("is lost", "f", "real");

    mounts.run("mount --bind disk2 disk; printf last >disk/tree/f");
    BOOST_TEST(mounts.comes_to("f", "last"));
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(what_was_mounted_is_missed_by_the_next_daemon) {
    Mounts mounts("mkdir root/data; " + bind_data);
    BOOST_TEST(mounts.body("data/f") == "vol");

    mounts.stop();
    mounts.run("umount root/data; printf placeholder >root/data/f");
    mounts.start();
    mounts.expect_kept("/data", "data/f", "vol");
    mounts.kill();
    mounts.start();
    mounts.expect_kept("/data", "data/f", "vol");

    mounts.stop();
    mounts.run("printf edited >vol/f; rm vol/sub/g; " + bind_data);
    mounts.start();
    BOOST_TEST(mounts.comes_to("data/f", "edited"));
    BOOST_TEST(mounts.comes_to("data/sub/g", "404"));
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(the_root_is_missed_by_the_next_daemon) {
    Mounts mounts(bind_root);
    BOOST_TEST(mounts.body("f") == "vol");

    mounts.kill();
    mounts.run("umount root");
    mounts.start();
    mounts.expect_kept("is lost", "f", "vol");

    BOOST_TEST(mounts.client("forget", {"/"}) == 0);
    BOOST_TEST(mounts.body("f") == "placeholder");
    BOOST_TEST(mounts.comes_to("sub/g", "404"));
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(a_mount_is_remembered_as_soon_as_it_is_seen) {
    Mounts mounts("mkdir root/data");

    mounts.run(bind_data);
    BOOST_TEST(mounts.comes_to("data/f", "vol"));
    mounts.kill();
    mounts.run("umount root/data");
    mounts.start();

    mounts.expect_kept("/data", "data/f", "vol");
}

BOOST_AUTO_TEST_CASE(a_loss_ends_when_the_mount_point_is_removed) {
    Mounts mounts("mkdir root/data; printf placeholder >root/data/f; " + bind_data);
    BOOST_TEST(mounts.body("data/f") == "vol");

    mounts.run("umount root/data");
    mounts.expect_kept("/data", "data/f", "vol");
    mounts.run("rm -r root/data");

    BOOST_TEST(mounts.comes_to("data/f", "404"));
    mounts.expect_recovered();
    mounts.run("mkdir root/data; printf new >root/data/f");
    BOOST_TEST(mounts.comes_to("data/f", "new"));
    BOOST_TEST(!mounts.is_degraded());
}

BOOST_AUTO_TEST_CASE(a_loss_ends_when_somebody_says_that_it_is_meant) {
    Mounts mounts("mkdir -p root/data root/none; printf placeholder >root/data/f; " + bind_data);
    BOOST_TEST(mounts.body("data/f") == "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");

    BOOST_TEST(mounts.client("forget", {"/data"}) == 5);
    mounts.run("umount root/data");
    mounts.expect_kept("/data", "data/f", "vol");
    BOOST_TEST(mounts.client("forget", {"/none"}) == 5);
    BOOST_TEST(mounts.client("forget", {"/"}) == 5);
    BOOST_TEST(mounts.client("forget") == 2);
    mounts.expect_kept("/data", "data/f", "vol");

    BOOST_TEST(mounts.client("forget", {mounts.path() + "/root/data/"}) == 0);
    BOOST_TEST(mounts.body("data/f") == "placeholder");
    BOOST_TEST(mounts.body("data/sub/g") == "404");
    BOOST_TEST(!mounts.is_degraded());
    // And it stays so.
    mounts.stop();
    mounts.start();
    BOOST_TEST(mounts.body("data/f") == "placeholder");
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_SUITE_END()
