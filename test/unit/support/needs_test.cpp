#include "test/support/needs.hpp"

#include "test/support/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>

#include <unistd.h>

using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(needs_of_tests)

namespace {

constexpr const char* in_container = TREECAST_IN_CONTAINER;

/// One that is installed, but for a run that says otherwise.
Need some_program() {
    const char* const name = std::getenv("TREECAST_TEST_PROGRAM");  // NOLINT(concurrency-mt-unsafe)
    return need::program(name == nullptr ? "sh" : name);
}

/// What `in_container` makes one of.
Need a_container() {
    return {"make a container", [] {
                ::execl(in_container, in_container, "true", nullptr);
                throw std::runtime_error(in_container);
            }};
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_can_be_done_gives_no_reason) {
    BOOST_TEST(why_not({"do nothing", [] {}}) == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_is_named_with_its_cause) {
    const auto fail = [] {
        throw std::runtime_error("no wings");
    };

    BOOST_TEST(why_not({"fly", fail}) == "cannot fly (no wings)");
}

BOOST_AUTO_TEST_CASE(it_is_tried_once_and_in_a_process_of_its_own) {
    const pid_t own = ::getpid();
    const auto is_own = [&] {
        if (::getpid() == own)
            throw std::runtime_error("in the test's own process");
    };
    const auto fail = [] {
        throw std::runtime_error("tried again");
    };

    BOOST_TEST(why_not({"be tried", is_own}) == "");
    BOOST_TEST(why_not({"be tried", fail}) == "");
}

BOOST_AUTO_TEST_CASE(the_last_line_of_a_script_that_fails_is_its_cause) {
    const Need failing = need::script("walk", "echo one; echo two >&2; false");
    const Need succeeding = need::script("stand", "echo one");

    if (why_not(need::mounts()).empty()) {
        BOOST_TEST(why_not(failing) == "cannot walk (two)");
        BOOST_TEST(why_not(succeeding) == "");
    } else {
        BOOST_TEST(why_not(succeeding).starts_with("cannot stand (unshare: "));
    }
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_installed_is_named) {
    BOOST_TEST(why_not(need::program("sh")) == "");
    BOOST_TEST(why_not(need::program("no-such")) == "cannot run no-such (not installed)");
}

BOOST_AUTO_TEST_CASE(room_that_is_not_there_is_told) {
    BOOST_TEST(why_not(need::shared_memory(1)) == "");
    const auto reason = why_not(need::shared_memory(std::size_t{1} << 62));
    BOOST_TEST(reason.starts_with("cannot have 4398046511104 MiB of /dev/shm ("), reason);
    BOOST_TEST(why_not(need::open_files(1'000'000'000)).starts_with("cannot open "));
}

BOOST_AUTO_TEST_CASE(is_run_where_its_program_is_installed, *needs(some_program())) {
    BOOST_TEST(why_not(some_program()) == "");
}

BOOST_AUTO_TEST_CASE(a_skipped_case_says_why_and_does_not_count_as_passed) {
    const std::string name = "needs_of_tests/is_run_where_its_program_is_installed";
    ChildProcess skipped(
        "/proc/self/exe",
        {"--run_test=" + name},
        {.environment = {{"TREECAST_TEST_PROGRAM", "no-such"}}}
    );

    BOOST_TEST(skipped.wait().value() == 77);
    const std::string output = skipped.standard_output();
    BOOST_TEST(output.ends_with("\nskipped " + name + ": cannot run no-such (not installed)\n"));
}

/// Always passes; run in a container by the next.
BOOST_AUTO_TEST_CASE(what_is_not_met_here_is_printed) {
    for (const Need& need :
         {need::mounts(),
          need::mounts_as_mapped_root(),
          need::fuse(),
          need::other_users(),
          need::user_limits(),
          need::network_namespaces(),
          need::ipc_namespaces(),
          need::script("walk", "true"),
          need::shared_memory(std::size_t{60} << 20),
          need::shared_memory(std::size_t{100} << 20)}) {
        const std::string reason = why_not(need);
        if (!reason.empty())
            std::cout << reason << '\n';
    }
}

BOOST_AUTO_TEST_CASE(root_in_a_container_is_told_what_it_cannot_do, *needs(a_container())) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    ChildProcess inside(
        in_container,
        {program, "--run_test=needs_of_tests/what_is_not_met_here_is_printed"}
    );

    BOOST_TEST(inside.wait().value() == 0);
    BOOST_TEST(
        inside.standard_output() ==
        "Running 1 test case...\n"
        "cannot mount a filesystem of type tmpfs (unshare: Operation not permitted)\n"
        "cannot mount a filesystem in a user namespace (unshare: Operation not permitted)\n"
        "cannot mount a FUSE filesystem (unshare: Operation not permitted)\n"
        "cannot lower limits in a user namespace (unshare: Operation not permitted)\n"
        "cannot make a network namespace (unshare: Operation not permitted)\n"
        "cannot make an IPC namespace (unshare: Operation not permitted)\n"
        "cannot walk (unshare: Operation not permitted)\n"
        "cannot have 100 MiB of /dev/shm (64 MiB are free)\n"
    );
}

BOOST_AUTO_TEST_SUITE_END()
