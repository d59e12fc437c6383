#include "test/fault/mounts_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(mounts, *needs(need::mounts()))

using namespace treecast::test::mounts_cases;

BOOST_AUTO_TEST_CASE(a_mounted_file_is_watched_itself) {
    Mounts mounts(
        "printf one >vol/x; printf placeholder >root/f; mount --bind vol/x root/f; ln -s f "
        "root/link",
        {"--audit-interval", "0"}
    );
    BOOST_TEST(mounts.body("f") == "one");
    BOOST_TEST(mounts.body("link") == "one");

    mounts.run("printf outside >vol/x");
    BOOST_TEST(mounts.comes_to("f", "outside"));
    BOOST_TEST(mounts.comes_to("link", "outside"));
    mounts.run("printf 'by its own name' >root/f");
    BOOST_TEST(mounts.comes_to("f", "by its own name"));

    mounts.run("umount root/f");
    mounts.expect_kept("/f is no", "f", "by its own name");
    mounts.run("printf two >vol/x; mount --bind vol/x root/f");
    BOOST_TEST(mounts.comes_to("f", "two"));
    mounts.expect_recovered();
    mounts.run("printf three >vol/x");
    BOOST_TEST(mounts.comes_to("f", "three"));

    mounts.run("umount root/f");
    mounts.expect_kept("/f is no", "f", "three");
    mounts.run("printf new >root/g; mv root/g root/f");  // the mount point is another's now
    BOOST_TEST(mounts.comes_to("f", "new"));
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_CASE(a_file_that_is_mounted_while_the_daemon_runs) {
    Mounts mounts(
        "printf one >vol/x; mkdir root/d; printf own >root/d/f",
        {"--audit-interval", "0"}
    );
    BOOST_TEST(mounts.body("d/f") == "own");

    mounts.run("mount --bind vol/x root/d/f");
    BOOST_TEST(mounts.comes_to("d/f", "one"));
    mounts.run("printf two >vol/x");
    BOOST_TEST(mounts.comes_to("d/f", "two"));
}

BOOST_AUTO_TEST_CASE(only_mounted_files_are_watched, *needs(need::script("mount overlayfs", R"(
        d=$(mktemp -d); mount -t tmpfs t $d; mkdir $d/l $d/u $d/w $d/m
        mount -t overlay -o lowerdir=$d/l,upperdir=$d/u,workdir=$d/w o $d/m; umount $d/m; umount $d
        rmdir $d)"))) {
    // Of overlayfs the numbers of files need not be those that directories tell.
    Mounts mounts(
        "mount -t tmpfs t vol; mkdir vol/l vol/u vol/w; for i in 1 2 3 4 5; do printf $i "
        ">vol/l/$i; done; mount -t overlay -o lowerdir=vol/l,upperdir=vol/u,workdir=vol/w o root",
        {"--audit-interval", "0"}
    );
    BOOST_TEST(mounts.body("3") == "3");

    mounts.run("printf changed >root/3");

    BOOST_TEST(mounts.comes_to("3", "changed"));
    const bool is_alone = poll_until([&] {
        return mounts.status().find("\"watches\":1,") != std::string::npos;
    });
    BOOST_TEST(is_alone, mounts.status());
}

namespace {

/// `root/data` is an image of which a second one has the very same stats.
class Images : public Mounts {
public:
    explicit Images(const std::string& before)
        : Mounts("mkdir root/data; " + before + mount(""), {"--audit-interval", "0"}) {}
    ~Images() { run("umount root/data"); }

    void exchange(const std::string& environment) const {
        run("umount root/data; " + mount(environment));
    }

private:
    static std::string mount(const std::string& environment) {
        return environment + TREECAST_SLOW_FILESYSTEM +
               " root/data pid & until mountpoint -q root/data; do sleep 0.01; done; ";
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_image_whose_every_stat_is_that_of_the_one_before, *needs(need::fuse())) {
    Images images("");
    BOOST_TEST(images.body("data/a") == std::string(1000, 'a'));

    // The daemon sees neither the gap nor another device: the next one gets the number of this.
    images.signal(SIGSTOP);
    images.exchange("CAPITALS=1 ");
    images.signal(SIGCONT);
    BOOST_TEST(images.comes_to("data/a", std::string(1000, 'A')));
    images.expect_recovered();

    images.stop();
    images.exchange("");
    images.start();
    BOOST_TEST(images.comes_to("data/a", std::string(1000, 'a')));
}

BOOST_AUTO_TEST_CASE(such_an_image_through_links, *needs(need::fuse())) {
    Images images("ln -s data/c root/c; ln -s data root/link; ");
    BOOST_TEST(images.body("link/b") == std::string(1000, 'b'));
    BOOST_TEST(images.body("c") == std::string(1000, 'c'));

    images.signal(SIGSTOP);
    images.exchange("CAPITALS=1 ");
    images.signal(SIGCONT);

    BOOST_TEST(images.comes_to("link/b", std::string(1000, 'B')));
    BOOST_TEST(images.comes_to("c", std::string(1000, 'C')));
}

BOOST_AUTO_TEST_CASE(an_empty_mount_is_told_in_words_and_can_be_meant) {
    Mounts mounts("mkdir root/data; printf one >root/data/f");
    BOOST_TEST(mounts.body("data/f") == "one");

    mounts.run("mount -t tmpfs t root/data");
    mounts.expect_kept("/data: it is empty all at once", "data/f", "one");
    BOOST_TEST((mounts.status().find("No data") == std::string::npos));
    BOOST_TEST((mounts.log().find("No data") == std::string::npos), mounts.log());
    mounts.run("printf two >root/data/f");
    BOOST_TEST(mounts.comes_to("data/f", "two"));
    mounts.expect_recovered();

    mounts.run("mkdir empty; mount --bind empty root/data");
    mounts.expect_kept("/data: it is empty all at once", "data/f", "two");
    BOOST_TEST(mounts.client("forget", {"/data"}) == 0);
    BOOST_TEST(mounts.body("data/f") == "404");
    mounts.expect_recovered();
}

BOOST_AUTO_TEST_SUITE_END()
