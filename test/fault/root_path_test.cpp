// What the root's path leads through changes: directories above the root are moved, links on the
// way are swapped, something is mounted over them. It is told at once, and nothing is published
// from a tree that is no more at the root's path.
#include "test/support/follower.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/shell.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <optional>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(root_path)

namespace {

/// serve on DIRECTORY/top/mid/root, with a follower of its file `f`.
class Served {
public:
    explicit Served(const std::string& root = "top/mid/root", std::vector<std::string> wrapper = {})
        : root_(root) {
        directory.write("top/mid/root/f", "one");
        directory.write("top/mid/root/d/g", "deep");
        directory.write("other/mid/root/f", "other");
        directory.write("other/mid/root/d/g", "deep");
        start(std::move(wrapper));
    }
    ~Served() {
        f_.reset();
        if (serve)
            BOOST_TEST((serve->terminate() == 0), serve->standard_error());
    }

    HttpResponse get(const std::string& path) const {
        return http_get(server, "/v1/files/" + path);
    }
    std::string status() const { return http_get(server, "/v1/status").body; }
    bool is_degraded() const { return status().find("\"degraded\":null") == std::string::npos; }
    /// It is told within the second.
    void expect_told() const {
        const auto begin = std::chrono::steady_clock::now();
        BOOST_TEST_REQUIRE(poll_until([&] {
            return is_degraded();
        }));
        BOOST_TEST((std::chrono::steady_clock::now() - begin < 1500ms));
        BOOST_TEST((status().find("is lost") != std::string::npos), status());
        BOOST_TEST(poll_until([&] {  // proxies look at it now and then
            return get("f").has_header("Treecast-Stale");
        }));
    }
    void expect_recovered() const {
        BOOST_TEST(poll_until([&] {
            return !is_degraded();
        }));
    }
    /// The exit status of `treecast sync`.
    int sync() const {
        ChildProcess sync(treecast_program, {"sync", "--instance", instance_.name()});
        return sync.wait().value_or(-1);
    }
    /// The root's mount is meant to be gone.
    int forget() const {
        ChildProcess forget(treecast_program, {"forget", "/", "--instance", instance_.name()});
        return forget.wait().value_or(-1);
    }
    void run(const std::string& script) const { shell(directory.path(), script); }
    void run_in_its_namespace(const std::string& script) const {
        const std::string pid = std::to_string(serve->pid());
        ChildProcess child(
            "/usr/bin/nsenter",
            {"-t", pid, "-m", "sh", "-e", "-c", script, directory.path()}
        );
        const auto status = child.wait();
        BOOST_TEST_REQUIRE((status == 0), script + ": " + child.standard_error());
    }
    const Follower& f() const { return *f_; }

    TemporaryDirectory directory;
    std::optional<ChildProcess> serve;
    HttpServer server;

private:
    void start(std::vector<std::string> wrapper) {
        if (root_ == "link/root")
            fs::create_directory_symlink("top/mid", directory / "link");
        wrapper.insert(
            wrapper.end(),
            {treecast_program,
             "serve",
             directory / root_,
             "--listen",
             "127.0.0.1:0",
             "--instance",
             instance_.name()}
        );
        const std::string program = wrapper.front();
        wrapper.erase(wrapper.begin());
        serve.emplace(program, wrapper);
        BOOST_TEST_REQUIRE(serve->wait_for_output("serving "), serve->standard_error());
        server = server_in(serve->standard_output());
        BOOST_TEST(get("d/g").body == "deep");
        f_.emplace(server, "f", get("f").header("Treecast-Version"));
    }

    std::string root_;
    InstanceGuard instance_;
    std::optional<Follower> f_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_above_the_root_is_renamed) {
    const Served served;

    served.run("mv top/mid top/away; echo -n unseen >top/away/root/f");
    served.expect_told();
    served.run("echo -n too late >top/away/root/f; echo -n new >top/away/root/new");
    (void)served.sync();
    BOOST_TEST(served.f().seen().empty());
    BOOST_TEST(served.get("f").body == "one");
    BOOST_TEST(served.get("new").status == 404);
    served.run("mv top/away top/mid");

    served.expect_recovered();
    BOOST_TEST(served.f().wait_for("too late"));
    BOOST_TEST(served.get("new").body == "new");
    BOOST_TEST(served.f().seen().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_edit_at_once_after_the_rename_is_never_published) {
    const Served served;

    for (int i = 0; i < 20; ++i) {
        fs::rename(served.directory / "top", served.directory / "away");
        served.directory.write("away/mid/root/f", "unseen");
        served.directory.write("away/mid/root/d/g", "unseen");
        served.expect_told();
        served.directory.write("away/mid/root/f", "one");
        served.directory.write("away/mid/root/d/g", "deep");
        fs::rename(served.directory / "away", served.directory / "top");
        served.expect_recovered();
    }

    BOOST_TEST(served.f().seen().empty());
    BOOST_TEST(served.get("d/g").body == "deep");
}

BOOST_AUTO_TEST_CASE(another_tree_takes_the_place_of_a_directory_above_the_root) {
    const Served served;

    served.run("mv top away; mv other top; echo -n unseen >away/mid/root/f");

    BOOST_TEST(served.f().wait_for("other"));
    BOOST_TEST(served.f().seen().size() == 1u);
    served.run("echo -n last >top/mid/root/f");
    BOOST_TEST(served.f().wait_for("last"));
    served.expect_recovered();
}

BOOST_AUTO_TEST_CASE(a_directory_above_the_root_is_removed) {
    const Served served;

    served.run("mkdir bin; mv top/mid bin; rmdir top; sleep 0.2; rm -r bin");
    served.expect_told();
    BOOST_TEST(served.get("f").body == "one");
    BOOST_TEST(served.get("d/g").body == "deep");
    served.run("mv other top");

    BOOST_TEST(served.f().wait_for("other"));
    served.expect_recovered();
    BOOST_TEST(served.f().seen().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_above_the_root_is_swapped_and_a_sync_sees_it) {
    const Served served("link/root");
    for (int i = 0; i < 5; ++i) {
        served.run("ln -s other/mid new; mv -T new link");
        BOOST_TEST((served.sync() == 0));
        BOOST_TEST(served.get("f").body == "other");
        served.run("ln -s top/mid new; mv -T new link");
        BOOST_TEST((served.sync() == 0));
        BOOST_TEST(served.get("f").body == "one");
    }
}

BOOST_AUTO_TEST_CASE(a_link_above_the_root_leads_nowhere) {
    const Served served("link/root");

    served.run("rm link; echo -n unseen >top/mid/root/f");
    served.expect_told();
    BOOST_TEST(served.f().seen().empty());
    BOOST_TEST((served.forget() == 1));  // it is lost, and nothing is there to serve in its place
    served.run("ln -s other/mid link");

    BOOST_TEST(served.f().wait_for("other"));
    served.expect_recovered();
    BOOST_TEST(served.f().seen().size() == 1u);
}

BOOST_AUTO_TEST_CASE(
    a_mount_over_a_directory_above_the_root_is_seen_by_a_sync,
    *needs(need::mounts())
) {
    const Served served("top/mid/root", {"/usr/bin/unshare", "-m", "--propagation", "private"});

    for (int i = 0; i < 3; ++i) {
        served.run_in_its_namespace("mount --bind \"$0/other\" \"$0/top\"");
        BOOST_TEST((served.sync() == 0));
        BOOST_TEST(served.get("f").body == "other");
        served.run_in_its_namespace("umount -l \"$0/top\"");
        BOOST_TEST((served.sync() == 1));  // a loss, unless it is meant
        BOOST_TEST(served.get("f").body == "other");
        BOOST_TEST((served.forget() == 0));
        BOOST_TEST(served.get("f").body == "one");
    }
}

BOOST_AUTO_TEST_CASE(
    an_edit_below_a_mount_that_covers_the_root_is_not_published,
    *needs(need::mounts())
) {
    const Served served("top/mid/root", {"/usr/bin/unshare", "-m", "--propagation", "private"});

    for (int i = 0; i < 5; ++i) {
        served.run_in_its_namespace("mount --bind \"$0/other\" \"$0/top\"");
        served.run("echo -n unseen >top/mid/root/f");  // outside of its namespace: what is covered
        BOOST_TEST(poll_until([&] {
            return served.get("f").body == "other";
        }));
        served.run("echo -n one >top/mid/root/f");
        served.run_in_its_namespace("umount -l \"$0/top\"");
        BOOST_TEST((served.forget() == 0));
        BOOST_TEST(poll_until([&] {
            return served.get("f").body == "one";
        }));
    }

    for (const auto& seen : served.f().seen())
        BOOST_TEST((seen.body == "other" || seen.body == "one"), seen.body);
}

BOOST_AUTO_TEST_SUITE_END()
