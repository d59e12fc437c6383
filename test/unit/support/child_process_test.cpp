#include "test/support/child_process.hpp"

#include "test/support/needs.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(child_process)

namespace {

constexpr const char* shell = "/bin/sh";

}  // namespace

BOOST_AUTO_TEST_CASE(exit_code_and_output_are_kept) {
    ChildProcess child(shell, {"-c", "echo out; echo err >&2; exit 7"});

    BOOST_TEST(child.wait().value() == 7);
    BOOST_TEST(child.standard_output() == "out\n");
    BOOST_TEST(child.standard_error() == "err\n");
}

BOOST_AUTO_TEST_CASE(signal_that_ends_it_is_told) {
    ChildProcess child("/bin/sleep", {"1000"});

    BOOST_TEST(child.is_running());
    BOOST_TEST(child.terminate().value() == 128 + SIGTERM);
    BOOST_TEST(!child.is_running());
}

BOOST_AUTO_TEST_CASE(wait_gives_up_at_the_deadline) {
    ChildProcess child("/bin/sleep", {"1000"});

    BOOST_TEST(!child.wait(std::chrono::milliseconds(10)).has_value());
}

BOOST_AUTO_TEST_CASE(output_is_awaited_only_while_the_program_runs) {
    ChildProcess child(shell, {"-c", "echo one; echo two >&2"});

    BOOST_TEST(child.wait_for_output("one"));
    BOOST_TEST(child.wait_for_output("two"));
    BOOST_TEST(!child.wait_for_output("three"));
}

BOOST_AUTO_TEST_CASE(environment_umask_and_directory_are_set) {
    ChildOptions options;
    options.environment = {{"TREECAST_TEST", "a b"}};
    options.umask = 0077;
    options.directory = "/usr";
    ChildProcess child(shell, {"-c", "echo \"$TREECAST_TEST\"; umask; pwd"}, options);

    BOOST_TEST(child.wait().value() == 0);
    BOOST_TEST(child.standard_output() == "a b\n0077\n/usr\n");
}

BOOST_AUTO_TEST_CASE(user_and_group_are_changed, *needs(need::other_users())) {
    ChildOptions options;
    options.user = 61001;
    options.group = 61002;
    ChildProcess child(shell, {"-c", "id -u; id -g; id -G"}, options);

    BOOST_TEST(child.wait().value() == 0);
    BOOST_TEST(child.standard_output() == "61001\n61002\n61002\n");
}

BOOST_AUTO_TEST_CASE(to_be_the_tests_own_user_needs_no_right) {
    ChildProcess child(shell, {"-c", "id -u"}, as_user(::geteuid()));

    BOOST_TEST(child.wait().value() == 0);
    BOOST_TEST(child.standard_output() == std::to_string(::geteuid()) + '\n');
}

BOOST_AUTO_TEST_CASE(program_that_is_missing_is_an_exception) {
    BOOST_CHECK_THROW(ChildProcess("/nowhere/program", {}), std::system_error);
}

BOOST_AUTO_TEST_CASE(child_dies_with_the_test) {
    int pipe_ends[2];
    BOOST_TEST_REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t test = ::fork();
    BOOST_TEST_REQUIRE(test >= 0);
    if (test == 0) {
        ::close(pipe_ends[0]);
        const ChildProcess child("/bin/sleep", {"1000"});
        const pid_t pid = child.pid();
        const bool told = ::write(pipe_ends[1], &pid, sizeof pid) == sizeof pid;
        ::_exit(told ? 0 : 1);  // without destructors, as a crash would
    }
    ::close(pipe_ends[1]);

    pid_t child = 0;
    BOOST_TEST(::read(pipe_ends[0], &child, sizeof child) == ssize_t{sizeof child});
    BOOST_TEST(::waitpid(test, nullptr, 0) == test);
    ::close(pipe_ends[0]);

    const auto is_gone = [&] {
        // An orphan is reaped by init, or stays a zombie where init does not reap.
        std::ifstream file("/proc/" + std::to_string(child) + "/stat");
        std::string number;
        std::string name;
        std::string state;
        return !(file >> number >> name >> state) || state == "Z";
    };
    BOOST_TEST_REQUIRE(child > 0);
    BOOST_TEST(poll_until(is_gone));
}

BOOST_AUTO_TEST_SUITE_END()
