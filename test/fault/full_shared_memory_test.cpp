// The tmpfs of the objects is full: an error for the file, never SIGBUS, and no harm to others.
//
// The small tmpfs is mounted in a namespace of the test's own.
#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/vfs.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(full_shared_memory)

BOOST_AUTO_TEST_CASE(a_full_tmpfs_is_507_for_the_file_until_there_is_room, *needs(need::mounts())) {
    const TemporaryDirectory tree;
    const TemporaryDirectory mount;
    tree.write("small", "small");
    tree.write("large", std::string(3 << 20, 'l'));
    const InstanceGuard instance;
    // Something else of the machine fills what the memory limit would allow.
    const std::string script = "mount -t tmpfs -o size=8M tmpfs '" + mount.path() +
                               "' && chmod 700 '" + mount.path() + "' && head -c 4M /dev/zero >'" +
                               (mount / "filler") + "'; cd '" + mount.path() + "'; exec " +
                               treecast_program + " serve '" + tree.path() +
                               "' --listen 127.0.0.1:0 --memory-limit 4M --shm-dir '" +
                               mount.path() + "' --instance " + instance.name();
    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const auto server = server_in(serve.standard_output());

    BOOST_TEST(http_get(server, "/v1/files/small").body == "small");
    BOOST_TEST(http_get(server, "/v1/files/large").status == 507);
    tree.write("small", "edited");
    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/small").body == "edited";
    }));

    // serve's working directory is the small tmpfs.
    const std::string filler = "/proc/" + std::to_string(serve.pid()) + "/cwd/filler";
    BOOST_TEST_REQUIRE(::unlink(filler.c_str()) == 0);
    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/large").status == 200;
    }));
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

// Contents and catalog (2.2 MiB when it is new) share three quarters of the tmpfs.
BOOST_AUTO_TEST_CASE(the_cut_of_the_memory_limit_counts_the_catalog, *needs(need::mounts())) {
    const TemporaryDirectory tree;
    const TemporaryDirectory mount;
    for (const char* const name : {"a", "b", "c", "d", "e"})
        tree.write(name, std::string(1 << 20, *name));
    tree.write("large", std::string(4 << 20, 'l'));
    const InstanceGuard instance;
    const std::string script =
        "mount -t tmpfs -o size=8M tmpfs '" + mount.path() + "' && chmod 700 '" + mount.path() +
        "'; cd '" + mount.path() + "'; exec " + treecast_program + " serve '" + tree.path() +
        "' --listen 127.0.0.1:0 --shm-dir '" + mount.path() + "' --instance " + instance.name();
    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const auto server = server_in(serve.standard_output());

    BOOST_TEST(http_get(server, "/v1/files/large").status == 507);
    for (const std::string name : {"a", "b", "c", "d", "e"}) {
        BOOST_TEST(poll_until([&] {
            return http_get(server, "/v1/files/" + name).status == 200;
        }));
        // The proxy lets go of what was evicted within a second or two.
        const std::string directory = "/proc/" + std::to_string(serve.pid()) + "/cwd";
        BOOST_TEST(
            poll_until([&] {
                struct statfs filesystem {};
                return ::statfs(directory.c_str(), &filesystem) == 0 &&
                       filesystem.f_bfree >= filesystem.f_blocks / 4;
            }),
            name
        );
    }
    BOOST_TEST(
        (serve.standard_error().find("as the catalog") != std::string::npos),
        serve.standard_error()
    );
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_CASE(
    on_a_full_tmpfs_what_was_just_loaded_makes_room_a_moment_later,
    *needs(need::mounts())
) {
    const TemporaryDirectory tree;
    const TemporaryDirectory mount;
    for (const char* const name : {"a", "b", "c", "d"})
        tree.write(name, std::string(1 << 20, *name));
    tree.write("large", std::string(3 << 20, 'l'));
    const InstanceGuard instance;
    // Something else takes what the memory limit would allow.
    const std::string script =
        "mount -t tmpfs -o size=10M tmpfs '" + mount.path() + "' && chmod 700 '" + mount.path() +
        "' && head -c 4400K /dev/zero >'" + (mount / "filler") + "'; exec " + treecast_program +
        " serve '" + tree.path() + "' --listen 127.0.0.1:0 --shm-dir '" + mount.path() +
        "' --instance " + instance.name();
    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const auto server = server_in(serve.standard_output());

    for (const std::string name : {"a", "b", "c", "d", "large", "a", "large", "b"})
        BOOST_TEST(http_get(server, "/v1/files/" + name).status == 200, name);
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_CASE(a_start_without_room_for_the_catalog_leaves_nothing, *needs(need::mounts())) {
    const TemporaryDirectory tree;
    const TemporaryDirectory mount;
    const InstanceGuard instance;
    const std::string script = "mount -t tmpfs -o size=256K tmpfs '" + mount.path() +
                               "' && chmod 700 '" + mount.path() + "'; " + treecast_program +
                               " serve '" + tree.path() + "' --listen 127.0.0.1:0 --shm-dir '" +
                               mount.path() + "' --instance " + instance.name() +
                               "; status=$?; ls -A '" + mount.path() + "'; exit $status";

    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});

    BOOST_TEST((serve.wait() == 3), serve.standard_error());
    BOOST_TEST(serve.standard_output() == "");
    BOOST_TEST(
        (serve.standard_error().find(mount.path()) != std::string::npos),
        serve.standard_error()
    );
}

BOOST_AUTO_TEST_CASE(
    files_that_find_no_room_in_the_catalog_make_it_degraded_and_are_listed_once_there_is,
    *needs(need::mounts())
) {
    constexpr int files = 6000;  // more than the entries that a new catalog has room for
    const TemporaryDirectory tree;
    const TemporaryDirectory mount;
    tree.write("f", "f");
    const InstanceGuard instance;
    const std::string script =
        "mount -t tmpfs -o size=4M tmpfs '" + mount.path() + "' && chmod 700 '" + mount.path() +
        "'; cd '" + mount.path() + "'; exec " + treecast_program + " serve '" + tree.path() +
        "' --listen 127.0.0.1:0 --shm-dir '" + mount.path() + "' --instance " + instance.name();
    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const auto server = server_in(serve.standard_output());
    const std::string filler = "/proc/" + std::to_string(serve.pid()) + "/cwd/filler";
    ChildProcess fill("/bin/sh", {"-c", "head -c 4M /dev/zero > " + filler});
    BOOST_TEST((fill.wait() != 0));

    for (int i = 0; i < files; ++i)
        tree.write("many/" + std::to_string(i), "");

    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/f").has_header("Treecast-Stale");
    }));
    BOOST_TEST_REQUIRE(::unlink(filler.c_str()) == 0);
    BOOST_TEST(poll_until(
        [&] {
            return !http_get(server, "/v1/files/f").has_header("Treecast-Stale");
        },
        2 * patience
    ));
    for (int i = 0; i < files; i += 100)
        BOOST_TEST(http_get(server, "/v1/files/many/" + std::to_string(i)).status == 200);
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_SUITE_END()
