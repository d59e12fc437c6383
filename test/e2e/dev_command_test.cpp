// ./dev on machines that it does not find as it likes: a copy of it, with stand-ins for what it
// asks and runs.
#include "test/support/child_process.hpp"
#include "test/support/needs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(dev_command)

namespace {

namespace fs = std::filesystem;
constexpr uid_t other_user = 61'001;  // of no account

/// A source tree that is built, and a machine without sudo on which everything is installed.
struct Machine {
    TemporaryDirectory root;

    Machine() {
        fs::create_directory(root / "bin");
        for (const char* const tool : {"sh", "dirname", "nproc", "grep", "find", "stat", "env"})
            fs::create_symlink(
                std::string("/usr/bin/") + tool,
                root / ("bin/" + std::string(tool))
            );
        fs::create_directory(root / "src");
        fs::copy_file(TREECAST_SOURCE_DIR "/dev", root / "src/dev");
        provide("bin/id", "echo 1000");
        provide("bin/cmake", "");
        provide("bin/dpkg-query", "echo installed");
        provide("src/build/release/bin/treecast", "echo \"treecast $*\"");
    }
    void provide(const std::string& program, const std::string& script) const {
        root.write(program, "#!/bin/sh\n" + script + '\n');
        fs::permissions(
            root / program,
            fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec |
                fs::perms::group_read | fs::perms::others_read
        );
    }
    ChildProcess dev_serve(ChildOptions options = {}) const {
        options.environment["PATH"] = root / "bin";
        return {"/bin/sh", {root / "src/dev", "serve", "DIR", "--log-level", "debug"}, options};
    }
};

void expect_serving(ChildProcess& dev) {
    BOOST_TEST((dev.wait() == 0), dev.standard_error());
    BOOST_TEST(dev.standard_output() == "treecast serve DIR --log-level debug\n");
}

void expect_refusal(ChildProcess& dev, const std::string& said) {
    BOOST_TEST((dev.wait() == 1));
    BOOST_TEST(dev.standard_output() == "");
    BOOST_TEST(dev.standard_error() == said);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_ordinary_user_without_sudo_serves_what_is_built) {
    const Machine machine;

    auto dev = machine.dev_serve();

    expect_serving(dev);
    BOOST_TEST(dev.standard_error() == "");
}

BOOST_AUTO_TEST_CASE(a_package_of_two_architectures_is_installed) {
    const Machine machine;
    machine.provide("bin/dpkg-query", R"(case $3 in *\\n) echo installed; echo installed ;;
*) printf installedinstalled ;; esac)");

    auto dev = machine.dev_serve();

    expect_serving(dev);
}

BOOST_AUTO_TEST_CASE(a_machine_without_dpkg_is_left_to_the_build) {
    const Machine machine;
    fs::remove(machine.root / "bin/dpkg-query");

    auto dev = machine.dev_serve();

    expect_serving(dev);
    BOOST_TEST(dev.standard_error().starts_with("dev: no dpkg-query: "));
}

BOOST_AUTO_TEST_CASE(packages_that_only_root_can_install_are_named_in_a_command_for_root) {
    const Machine machine;
    // Removed, with its configuration left; never there.
    machine.provide("bin/dpkg-query", R"(case $4 in
cmake) echo config-files ;;
libssl-dev) exit 1 ;;
*) echo installed ;; esac)");

    auto dev = machine.dev_serve();

    expect_refusal(
        dev,
        "dev: packages are missing, and only root can install them; with root's password:\n"
        "    su -c 'apt-get update && apt-get install --no-install-recommends cmake libssl-dev'\n"
    );
}

BOOST_AUTO_TEST_CASE(a_build_of_another_user_is_named, *needs(need::other_users())) {
    const Machine machine;
    const std::string build = machine.root / "src/build/release";

    auto dev = machine.dev_serve({.user = other_user, .group = other_user});

    BOOST_TEST((dev.wait() == 1));
    BOOST_TEST(dev.standard_output() == "");
    const std::string said = dev.standard_error();
    BOOST_TEST(said.starts_with("dev: cannot build: "), said);
    BOOST_TEST(said.find(build + ", which belongs to user 0") != said.npos, said);
    BOOST_TEST(said.find("remove " + (machine.root / "src/build")) != said.npos, said);

    BOOST_TEST((ChildProcess("/bin/chown", {"-R", "61001", build}).wait() == 0));
    auto after = machine.dev_serve({.user = other_user, .group = other_user});
    expect_serving(after);
}

BOOST_AUTO_TEST_SUITE_END()
