// Mounts above, at and below the root come and go, seen by the daemon or not: what a mount showed
// is not deleted because the mount is gone, and what it had covered is not served.
//
// Daemon and mounts are in a mount namespace of the test's own, which outlives the daemon.
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/shell.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <optional>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(mounts, *needs(need::mounts()))

namespace {

/// A daemon and a proxy on `root` in a directory of their own; scripts run in that directory.
class Mounts {
public:
    /// `script` is run before the start.
    explicit Mounts(const std::string& script, std::vector<std::string> options = {})
        : options_(std::move(options)),
          holder_(
              "/usr/bin/unshare",
              {"-m", "--propagation", "private", "sh", "-c", "echo ready; exec sleep 1000"}
          ) {
        BOOST_TEST_REQUIRE(holder_.wait_for_output("ready"), holder_.standard_error());
        run("mkdir root vol; printf vol >vol/f; mkdir vol/sub; printf deep >vol/sub/g; chmod -R "
            "a+rX .; " +
            script);
        start();
        proxy_.emplace(
            proxy_program,
            std::vector<std::string>{
                "--listen",
                "127.0.0.1:0",
                "--instance",
                instance_.name(),
                "--shm-dir",
                instance_.base()}
        );
        BOOST_TEST_REQUIRE(proxy_->wait_for_output("http://"), proxy_->standard_error());
        server_ = server_in(proxy_->standard_error() + proxy_->standard_output());
        BOOST_TEST_REQUIRE(poll_until([&] {
            return http_get(server_, "/readyz").status == 200;
        }));
    }

    void run(const std::string& script) const {
        ChildProcess child = within("/bin/sh", {"-e", "-c", "cd '" + path() + "'; " + script});
        const auto status = child.wait();
        BOOST_TEST_REQUIRE((status == 0), script + ": " + child.standard_error());
    }
    void start() {
        std::vector<std::string> all{
            "--root",
            directory_ / "root",
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), options_.begin(), options_.end());
        daemon_.emplace(within(daemon_program, all));
        BOOST_TEST_REQUIRE(daemon_->wait_for_output("watching "), daemon_->standard_error());
    }
    void signal(int number) const { daemon_->signal(number); }
    void stop() { BOOST_TEST((daemon_->terminate() == 0)); }
    void kill() {
        daemon_->signal(SIGKILL);
        (void)daemon_->wait();
    }

    HttpResponse get(const std::string& file) const {
        return http_get(server_, "/v1/files/" + file);
    }
    std::string body(const std::string& file) const {
        const auto response = get(file);
        return response.status == 200 ? response.body : std::to_string(response.status);
    }
    bool comes_to(const std::string& file, const std::string& wanted) const {
        return poll_until([&] {
            return body(file) == wanted;
        });
    }
    std::string status() const { return http_get(server_, "/v1/status").body; }
    bool is_degraded() const { return status().find("\"degraded\":null") == std::string::npos; }
    /// A command of the client's; its exit code.
    int client(const std::string& command, const std::vector<std::string>& arguments = {}) const {
        std::vector<std::string> all{
            command,
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        ChildProcess child(treecast_program, all);
        const auto code = child.wait();
        BOOST_TEST_REQUIRE(code.has_value());
        return *code;
    }

    /// The loss of `what` is told, and the file is as it was, also to who looks harder.
    void expect_kept(const std::string& what, const std::string& file, const std::string& wanted) {
        BOOST_TEST(
            poll_until([&] {
                return status().find("\"degraded\":\"") != std::string::npos &&
                       status().find(what) != std::string::npos;
            }),
            status()
        );
        (void)client("sync");
        BOOST_TEST(body(file) == wanted);
        BOOST_TEST(poll_until([&] {
            return get(file).has_header("Treecast-Stale");
        }));
    }
    void expect_recovered() const {
        BOOST_TEST(
            poll_until([&] {
                return !is_degraded() && status().find("\"stale\":null") != std::string::npos;
            }),
            status()
        );
    }

    std::string path() const { return directory_.path(); }
    std::string log() const { return daemon_->standard_error(); }

private:
    ChildProcess within(const std::string& program, std::vector<std::string> arguments) const {
        std::vector<std::string> all{"-t", std::to_string(holder_.pid()), "-m", program};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return ChildProcess("/usr/bin/nsenter", all);
    }

    TemporaryDirectory directory_;
    InstanceGuard instance_{Leftovers::are_expected};
    std::vector<std::string> options_;
    ChildProcess holder_;
    std::optional<ChildProcess> daemon_;
    std::optional<ChildProcess> proxy_;
    HttpServer server_;
};

const std::string bind = "mount --bind vol root/data; ";
const std::string bind_root = "printf placeholder >root/f; mount --bind vol root; ";

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_bind_mount_showed_stays_until_it_is_back) {
    Mounts mounts("mkdir root/data; printf placeholder >root/data/f; " + bind);
    BOOST_TEST(mounts.body("data/f") == "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");

    mounts.run("umount root/data");
    mounts.expect_kept("/data is no mount point any more", "data/f", "vol");
    mounts.run("touch root/data/f root/data; printf other >root/data/new; printf edited >vol/f");
    mounts.expect_kept("treecast forget /data", "data/f", "vol");
    BOOST_TEST(mounts.body("data/sub/g") == "deep");
    BOOST_TEST(mounts.body("data/new") == "404");

    mounts.run(bind);
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
    Mounts mounts("mkdir root/data; " + bind);
    BOOST_TEST(mounts.body("data/f") == "vol");

    mounts.stop();
    mounts.run("umount root/data; printf placeholder >root/data/f");
    mounts.start();
    mounts.expect_kept("/data", "data/f", "vol");
    mounts.kill();
    mounts.start();
    mounts.expect_kept("/data", "data/f", "vol");

    mounts.stop();
    mounts.run("printf edited >vol/f; rm vol/sub/g; " + bind);
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

    mounts.run(bind);
    BOOST_TEST(mounts.comes_to("data/f", "vol"));
    mounts.kill();
    mounts.run("umount root/data");
    mounts.start();

    mounts.expect_kept("/data", "data/f", "vol");
}

BOOST_AUTO_TEST_CASE(a_loss_ends_when_the_mount_point_is_removed) {
    Mounts mounts("mkdir root/data; printf placeholder >root/data/f; " + bind);
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
    Mounts mounts("mkdir -p root/data root/none; printf placeholder >root/data/f; " + bind);
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

BOOST_AUTO_TEST_CASE(what_covers_a_mount_point_is_new_content) {
    Mounts mounts("mkdir root/data other; printf other >other/f; " + bind);
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
        "mkdir root/data; " + bind +
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

    mounts.run("printf edited >vol/f; printf edited >vol/sub/g; " + bind);
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
