// The root goes away and comes back: nothing is taken for deleted that was not seen to be, the
// status says so, and it recovers by itself.
//
// Mounts are made in a namespace of the test's own.
#include "test/support/follower.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/shell.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(root)

namespace {

constexpr uid_t other_user = 61'001;  // of no account, owner of nothing

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// serve on DIRECTORY/root, with followers of two of its files.
class Served {
public:
    explicit Served(uid_t user = ::geteuid())
        : user_(user), instance_(Leftovers::are_errors, user) {
        directory.write("root/f", "one");
        directory.write("root/d/g", "deep");
    }
    ~Served() {
        f_.reset();
        g_.reset();
        if (serve)
            BOOST_TEST((serve->terminate() == 0), serve->standard_error());
    }

    /// `wrapper`: a program that runs another, with its arguments.
    void start(std::vector<std::string> wrapper = {}) {
        wrapper.insert(
            wrapper.end(),
            {treecast_program,
             "serve",
             directory / "root",
             "--listen",
             "127.0.0.1:0",
             "--instance",
             instance_.name()}
        );
        const std::string program = wrapper.front();
        wrapper.erase(wrapper.begin());
        serve.emplace(program, wrapper, as_user(user_));
        BOOST_TEST_REQUIRE(serve->wait_for_output("serving "), serve->standard_error());
        server = server_in(serve->standard_output());
        f_.emplace(server, "f", version_of(get("f")));
        g_.emplace(server, "d/g", version_of(get("d/g")));
    }
    HttpResponse get(const std::string& path) const {
        return http_get(server, "/v1/files/" + path);
    }
    std::string status() const { return http_get(server, "/v1/status").body; }
    const Follower& f() const { return *f_; }
    const Follower& g() const { return *g_; }

    /// The status and every answer say that it cannot be relied on; nothing has been taken away.
    void expect_degraded(const std::string& why) const {
        const bool said = poll_until([&] {
            return status().find("\"degraded\":null") == std::string::npos &&
                   status().find(why) != std::string::npos && get("f").has_header("Treecast-Stale");
        });
        BOOST_TEST(said, status());
        BOOST_TEST((serve->standard_error().find(why) != std::string::npos));
        BOOST_TEST(get("f").status == 200);
        BOOST_TEST(get("d/g").body == "deep");
        BOOST_TEST(g().seen().empty());
    }
    void expect_recovered() const {
        const bool recovered = poll_until([&] {
            return status().find("\"degraded\":null") != std::string::npos &&
                   !get("f").has_header("Treecast-Stale");
        });
        BOOST_TEST(recovered, status());
    }
    /// It is watched again, down to its directories.
    void expect_pushed() const {
        directory.replace("root/f", "last");
        BOOST_TEST(f().wait_for("last"));
        directory.write("root/d/g", "last too");
        BOOST_TEST(g().wait_for("last too"));
        for (const auto& follower : {&f(), &g()})
            for (const auto& seen : follower->seen())
                BOOST_TEST(seen.status == 200);
    }

    TemporaryDirectory directory;
    std::optional<ChildProcess> serve;
    HttpServer server;

private:
    uid_t user_;
    InstanceGuard instance_;
    std::optional<Follower> f_;
    std::optional<Follower> g_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(renamed_away_and_back) {
    Served served;
    served.start();
    const fs::path root = served.directory / "root";

    fs::rename(root, served.directory / "away");
    served.expect_degraded("is lost");
    served.directory.write("away/f", "two");  // nobody sees it there
    fs::rename(served.directory / "away", root);

    served.expect_recovered();
    BOOST_TEST(served.f().wait_for("two"));
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(deleted_and_made_again) {
    Served served;
    served.start();

    // At once, so that no name in it has been gone for the time that makes it a deletion.
    shell(
        served.directory.path(),
        "cp -r root new; mkdir gone; mv root gone/root; rm -r gone; sleep 0.3"
    );
    served.expect_degraded("is lost");
    shell(served.directory.path(), "echo -n two >new/f; mv new root");

    served.expect_recovered();
    BOOST_TEST(served.f().wait_for("two"));
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(deleted_and_made_again_in_place) {
    Served served;
    served.start();

    shell(served.directory.path(), "cp -r root saved; rm -r root; mkdir root; cp -r saved/. root");

    served.expect_recovered();
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(replaced_by_a_rename) {
    Served served;
    served.start();

    shell(
        served.directory.path(),
        "cp -r root new; echo -n two >new/f; mv root old; mv new root; echo -n unseen >old/f"
    );

    BOOST_TEST(served.f().wait_for("two"));
    served.expect_recovered();
    BOOST_TEST(served.g().seen().empty());
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(replaced_by_an_empty_directory) {
    Served served;
    served.start();

    shell(served.directory.path(), "mv root old; mkdir root");
    served.expect_degraded("is empty");
    shell(served.directory.path(), "rmdir root; mv old root");

    served.expect_recovered();
    BOOST_TEST(served.f().seen().empty());
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(unreadable_for_a_while, *needs(need::other_users())) {
    Served served(other_user);
    served.start();
    const std::string root = served.directory / "root";

    BOOST_TEST_REQUIRE((::chmod(root.c_str(), 0700) == 0));
    served.expect_degraded("cannot be read");
    served.directory.write("root/f", "two");
    served.directory.write("root/new/file", "new");
    BOOST_TEST_REQUIRE((::chmod(root.c_str(), 0755) == 0));

    served.expect_recovered();
    BOOST_TEST(served.f().wait_for("two"));
    BOOST_TEST(served.get("new/file").body == "new");
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(out_of_reach_for_a_while, *needs(need::other_users())) {
    Served served(other_user);
    served.start();

    BOOST_TEST_REQUIRE((::chmod(served.directory.path().c_str(), 0700) == 0));
    served.expect_degraded("Permission denied");
    BOOST_TEST_REQUIRE((::chmod(served.directory.path().c_str(), 0755) == 0));

    served.expect_recovered();
    served.expect_pushed();
}

BOOST_AUTO_TEST_CASE(a_mount_that_goes_away_and_comes_back, *needs(need::mounts())) {
    Served served;
    const std::string root = served.directory / "root";
    const std::string mount = "mount -t tmpfs t '" + root + "'; mkdir '" + root +
                              "/d'; printf deep >'" + root + "/d/g'; ";
    const auto in_its_namespace = [&](const std::string& script) {
        const std::string pid = std::to_string(served.serve->pid());
        ChildProcess child("/usr/bin/nsenter", {"-t", pid, "-m", "sh", "-e", "-c", script});
        BOOST_TEST_REQUIRE((child.wait() == 0), child.standard_error());
    };
    served.start(
        {"/usr/bin/unshare",
         "-m",
         "--propagation",
         "private",
         "sh",
         "-e",
         "-c",
         mount + "printf one >'" + root + "/f'; exec \"$@\"",
         "sh"}
    );

    in_its_namespace("umount -l '" + root + "'; rm -r '" + root + "/'*");
    served.expect_degraded("only what its mount had covered");
    in_its_namespace(mount + "printf two >'" + root + "/f'");

    served.expect_recovered();
    BOOST_TEST(served.f().wait_for("two"));
    in_its_namespace("printf last >'" + root + "/d/g'");
    BOOST_TEST(served.g().wait_for("last"));
    BOOST_TEST(served.g().seen().size() == 1);
}

// That it is one revision is tested with the watcher: watcher_limits.
BOOST_AUTO_TEST_CASE(a_link_that_is_swapped) {
    Served served;
    shell(
        served.directory.path(),
        "mv root one; cp -r one two; echo -n two >two/f; rm -r two/d; mkdir two/e; echo -n e "
        ">two/e/h;"
        "  cp -r one/d two/d; ln -s one root"
    );
    served.start();

    shell(served.directory.path(), "ln -s two new; mv -T new root");

    BOOST_TEST(served.f().wait_for("two"));
    BOOST_TEST(poll_until([&] {
        return served.get("e/h").body == "e";
    }));
    served.expect_recovered();
    BOOST_TEST(served.g().seen().empty());
    served.expect_pushed();
}

BOOST_AUTO_TEST_SUITE_END()
