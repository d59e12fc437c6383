#include "client/processes/decide_restart.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace treecast::client;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(decide_restart_)

namespace {

constexpr RestartLimit::TimePoint start{seconds(1000)};

/// As waitpid(2) returns them.
ExitStatus exited(int code) {
    return ExitStatus(code << 8);
}
ExitStatus killed_by(int signal) {
    return ExitStatus(signal);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_child_is_started_again_unless_its_configuration_is_refused) {
    struct Row {
        const char* what;
        ExitStatus status;
        bool was_usable;
        AfterExit expected;
    };
    const Row rows[] = {
        {"success", exited(0), false, AfterExit::restart},
        {"a failure", exited(1), false, AfterExit::restart},
        {"bad usage", exited(2), false, AfterExit::refused},
        {"a bad configuration", exited(3), false, AfterExit::refused},
        {"no program", exited(127), false, AfterExit::restart},
        {"a crash", killed_by(SIGSEGV), false, AfterExit::restart},
        {"a signal with the number of a code", killed_by(SIGINT), false, AfterExit::restart},
        {"bad usage, after it was right", exited(2), true, AfterExit::restart},
        {"a bad configuration, after it was right", exited(3), true, AfterExit::restart},
        {"a crash of a tree in use", killed_by(SIGKILL), true, AfterExit::restart},
    };

    for (const Row& row : rows) {
        RestartLimit restarts;
        const AfterExit next = decide_restart(row.status, row.was_usable, restarts, start);
        BOOST_TEST((next == row.expected), row.what);
    }
}

BOOST_AUTO_TEST_CASE(a_child_that_dies_too_often_is_given_up) {
    RestartLimit restarts;
    for (int i = 0; i < 5; ++i)
        BOOST_TEST((decide_restart(exited(1), true, restarts, start) == AfterExit::restart));

    BOOST_TEST((decide_restart(exited(1), true, restarts, start) == AfterExit::give_up));
    BOOST_TEST((decide_restart(exited(3), false, restarts, start) == AfterExit::refused));
    BOOST_TEST(
        (decide_restart(exited(1), true, restarts, start + seconds(60)) == AfterExit::restart)
    );
}

BOOST_AUTO_TEST_CASE(a_refusal_counts_as_no_restart) {
    RestartLimit restarts;
    for (int i = 0; i < 10; ++i)
        BOOST_TEST((decide_restart(exited(2), false, restarts, start) == AfterExit::refused));
    BOOST_TEST((decide_restart(exited(1), false, restarts, start) == AfterExit::restart));
}

BOOST_AUTO_TEST_SUITE_END()
