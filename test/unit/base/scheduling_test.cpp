#include "base/scheduling.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sched.h>
#include <sstream>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(scheduling)

namespace {

bool kernel_knows_slices() {
    utsname names{};
    ::uname(&names);
    int major = 0;
    int minor = 0;
    char dot = 0;
    std::istringstream(names.release) >> major >> dot >> minor;
    return major > 6 || (major == 6 && minor >= 12);
}

/// Of the calling thread, as the scheduler has it; empty where the kernel does not tell.
std::string slice_ns() {
    std::ifstream lines("/proc/self/task/" + std::to_string(::gettid()) + "/sched");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("se.slice"))
            return line.substr(line.find_last_of(" :") + 1);
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(slices_become_short_and_nothing_else_changes) {
    // In a thread of its own: the other tests are to run as they did.
    std::thread([] {
        const int nice_before = ::getpriority(PRIO_PROCESS, 0);

        BOOST_TEST(!ask_for_short_slices());

        BOOST_TEST(::getpriority(PRIO_PROCESS, 0) == nice_before);
        BOOST_TEST(::sched_getscheduler(0) == SCHED_OTHER);
        if (const std::string slice = slice_ns(); kernel_knows_slices() && !slice.empty())
            BOOST_TEST(slice == "100000");
    }).join();
}

BOOST_AUTO_TEST_CASE(a_policy_that_was_chosen_stays) {
    std::thread([] {
        const sched_param none{};
        BOOST_TEST_REQUIRE(::sched_setscheduler(0, SCHED_BATCH, &none) == 0);

        BOOST_TEST(!ask_for_short_slices());

        BOOST_TEST(::sched_getscheduler(0) == SCHED_BATCH);
    }).join();
}

BOOST_AUTO_TEST_SUITE_END()
