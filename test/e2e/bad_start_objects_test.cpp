#include "test/e2e/bad_start_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(bad_start)

using namespace treecast::test::bad_start_cases;

BOOST_AUTO_TEST_CASE(objects_of_another_user_are_not_touched, *needs(need::other_users())) {
    const TemporaryDirectory tree;
    const TemporaryDirectory base;
    BOOST_TEST_REQUIRE(::chown(base.path().c_str(), 61'001, 61'001) == 0);
    BOOST_TEST_REQUIRE(::chmod(base.path().c_str(), 0755) == 0);
    expect_refusal(
        daemon_program,
        {"--root", tree.path(), "--shm-dir", base.path(), "--instance", "x"},
        3,
        "61001"
    );
}

/// EMFILE means several limits; the one that is named must be the one that is reached.
BOOST_AUTO_TEST_CASE(
    too_few_open_files_are_not_called_anything_else,
    *needs(need::no_sanitizer_that_opens_files())
) {
    const TemporaryDirectory tree;
    const InstanceGuard instance;
    for (int limit = 8; limit <= 28; ++limit) {
        ChildProcess daemon(
            "/bin/sh",
            {"-c",
             "ulimit -n " + std::to_string(limit) + "; exec " + daemon_program + " --root '" +
                 tree.path() + "' --max-workers 8 --instance " + instance.name()}
        );
        // Where it comes up after all, there is nothing to be said.
        if (daemon.wait_for_output("watching "))
            BOOST_TEST((daemon.terminate() == 0), limit);
        const std::string said = daemon.standard_error();
        BOOST_TEST((said.find("MSGQUEUE") == std::string::npos), said);
        BOOST_TEST((said.find("inotify instance") == std::string::npos), said);
        const auto status = daemon.wait();
        if (status != 0) {
            BOOST_TEST((status == 3), limit << ": " << said);
            BOOST_TEST((said.find("LimitNOFILE=") != std::string::npos), limit << ": " << said);
        }
    }
    ChildProcess(treecast_program, {"clean", "--instance", instance.name()}).wait();
}

/// Who comes up serves.
BOOST_AUTO_TEST_CASE(
    a_proxy_with_too_few_open_files_does_not_start,
    *needs(need::no_sanitizer_that_opens_files())
) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    BOOST_TEST_REQUIRE(programs.daemon()->wait_for_output("watching "));
    bool refused = false;
    bool served = false;
    for (const int workers : {1, 2})
        for (int limit = 8; limit <= 56; limit += 2) {
            BOOST_TEST_CONTEXT(workers << " workers, " << limit << " files") {
                ChildProcess proxy(
                    "/bin/sh",
                    {"-c",
                     "ulimit -n " + std::to_string(limit) + "; exec " + proxy_program +
                         " --listen 127.0.0.1:0 --workers " + std::to_string(workers) +
                         " --instance " + programs.instance().name() + " --shm-dir " +
                         programs.instance().base()}
                );
                if (proxy.wait_for_output("listening on ")) {
                    const auto server = server_in(proxy.standard_error());
                    std::vector<HttpConnection> others;
                    for (int i = 0; i < 4; ++i)
                        others.emplace_back(server);
                    BOOST_TEST(http_get(server, "/v1/files/f").body == "one");
                    BOOST_TEST((proxy.terminate() == 0));
                    served = true;
                    continue;
                }
                BOOST_TEST((proxy.wait() == 3));
                const std::string said = proxy.standard_error();
                BOOST_TEST((said.find("LimitNOFILE=") != std::string::npos), said);
                BOOST_TEST((said.find("RLIMIT_NOFILE") != std::string::npos), said);
                refused = true;
            }
        }
    BOOST_TEST(refused);
    BOOST_TEST(served);
}

BOOST_AUTO_TEST_CASE(
    a_daemon_with_too_few_open_files_does_not_start,
    *needs(need::no_sanitizer_that_opens_files())
) {
    PairOfPrograms programs;
    programs.start_proxy();
    bool refused = false;
    bool served = false;
    for (int limit = 16; limit <= 64; limit += 3) {
        programs.tree().write("d/e/" + std::to_string(limit), "one");
        ChildProcess daemon(
            "/bin/sh",
            {"-c",
             "ulimit -n " + std::to_string(limit) + "; exec " + daemon_program + " --root '" +
                 programs.tree().path() + "' --max-workers 1 --instance " +
                 programs.instance().name() + " --shm-dir " + programs.instance().base()}
        );
        if (daemon.wait_for_output("watching ")) {
            BOOST_TEST(
                poll_until([&] {
                    return programs.get("d/e/" + std::to_string(limit)).body == "one";
                }),
                limit
            );
            BOOST_TEST((daemon.terminate() == 0), limit);
            served = true;
            continue;
        }
        BOOST_TEST((daemon.wait() == 3), limit);
        const std::string said = daemon.standard_error();
        BOOST_TEST((said.find("LimitNOFILE=") != std::string::npos), limit << ": " << said);
        refused = true;
    }
    BOOST_TEST(refused);
    BOOST_TEST(served);
}

BOOST_AUTO_TEST_CASE(
    a_proxy_that_runs_out_of_open_files_says_so,
    *needs(need::no_sanitizer_that_opens_files())
) {
    PairOfPrograms programs;
    programs.start_proxy();
    rlimit before{};
    const pid_t proxy = programs.proxy()->pid();
    BOOST_TEST_REQUIRE(::prlimit(proxy, RLIMIT_NOFILE, nullptr, &before) == 0);
    const rlimit few{3, before.rlim_max};
    BOOST_TEST_REQUIRE(::prlimit(proxy, RLIMIT_NOFILE, &few, nullptr) == 0);
    programs.start_daemon();
    BOOST_TEST(
        programs.proxy()->wait_for_output("LimitNOFILE="),
        programs.proxy()->standard_error()
    );
    BOOST_TEST_REQUIRE(::prlimit(proxy, RLIMIT_NOFILE, &before, nullptr) == 0);
    BOOST_TEST(programs.wait_until_ready());
}

BOOST_AUTO_TEST_CASE(too_small_a_limit_of_queues_is_called_that) {
    const TemporaryDirectory tree;
    const InstanceGuard instance;
    ChildProcess daemon(
        "/usr/bin/prlimit",
        {"--msgqueue=20000", daemon_program, "--root", tree.path(), "--instance", instance.name()}
    );
    BOOST_TEST((daemon.wait() == 3));
    BOOST_TEST((daemon.standard_error().find("RLIMIT_MSGQUEUE") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(
    a_missing_proc_is_named,
    *needs(need::mounts(), need::no_sanitizer("ASan needs /proc"))
) {
    const TemporaryDirectory tree;
    const InstanceGuard instance;
    const std::string commands[] = {
        std::string(treecast_program) + " serve '" + tree.path() +
            "' --listen 127.0.0.1:0 --instance " + instance.name(),
        std::string(daemon_program) + " --root '" + tree.path() + "' --instance " + instance.name(),
    };
    for (const std::string& command : commands) {
        ChildProcess program(
            "/usr/bin/unshare",
            {"-m",
             "--propagation",
             "private",
             "sh",
             "-c",
             "mount -t tmpfs none /proc; exec " + command}
        );
        BOOST_TEST((program.wait() == 3));
        BOOST_TEST(
            (program.standard_error().find("mount -t proc proc /proc") != std::string::npos),
            program.standard_error()
        );
    }
    // What is there is not called gone.
    ChildProcess serve(
        treecast_program,
        {"serve", tree.path(), "--listen", "127.0.0.1:0", "--instance", instance.name()}
    );
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    ChildProcess sync(
        "/usr/bin/unshare",
        {"-m",
         "--propagation",
         "private",
         "sh",
         "-c",
         "mount -t tmpfs none /proc; exec " + std::string(treecast_program) + " sync --instance " +
             instance.name()}
    );
    BOOST_TEST((sync.wait() == 3));
    BOOST_TEST(
        (sync.standard_error().find("mount -t proc proc /proc") != std::string::npos),
        sync.standard_error()
    );
    BOOST_TEST((serve.terminate() == 0));
}

BOOST_AUTO_TEST_CASE(a_directory_of_objects_that_others_may_write_to_says_what_to_do) {
    const TemporaryDirectory tree;
    for (const mode_t mode : {0777U, 0770U, 0722U}) {
        const TemporaryDirectory base;
        BOOST_TEST_REQUIRE(::mkdir((base / "x").c_str(), 0700) == 0);
        BOOST_TEST_REQUIRE(::chmod(base.path().c_str(), mode) == 0);
        const std::vector<std::string> place{"--shm-dir", base.path(), "--instance", "x"};
        const auto with = [&](std::vector<std::string> arguments) {
            arguments.insert(arguments.end(), place.begin(), place.end());
            return arguments;
        };
        const std::string advice = "chmod go-w";
        expect_refusal(daemon_program, with({"--root", tree.path()}), 3, advice);
        expect_refusal(treecast_program, with({"sync"}), 3, advice);
        expect_refusal(treecast_program, with({"clean"}), 3, advice);
        ChildProcess proxy(proxy_program, with({"--listen", "127.0.0.1:0"}));
        BOOST_TEST(proxy.wait_for_output(advice), proxy.standard_error());
    }
}

BOOST_AUTO_TEST_SUITE_END()
