#include "base/inherited_descriptors.hpp"

#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

#include <unistd.h>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(inherited_descriptors)

// What is really inherited is tried with real programs (e2e.inherited_listeners): descriptor 3 may
// be anything here.

namespace {

void set(const std::string& pid, const std::string& count) {
    ::setenv("LISTEN_PID", pid.c_str(), 1);
    ::setenv("LISTEN_FDS", count.c_str(), 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(there_are_none_without_variables_or_for_another_process) {
    BOOST_TEST(take_inherited_descriptors().empty());
    set(std::to_string(::getppid()), "1");
    BOOST_TEST(take_inherited_descriptors().empty());
    BOOST_TEST(std::getenv("LISTEN_FDS") == nullptr);
}

BOOST_AUTO_TEST_CASE(variables_that_are_not_understood_are_refused) {
    const std::string self = std::to_string(::getpid());
    const struct {
        std::string pid;
        std::string count;
    } rows[] = {{self, "many"}, {self, "-1"}, {self, "0"}, {"me", "1"}, {self, "99999"}};
    for (const auto& row : rows) {
        set(row.pid, row.count);
        try {
            static_cast<void>(take_inherited_descriptors());
            BOOST_ERROR(row.pid + ' ' + row.count);
        } catch (const StartupError& error) {
            BOOST_TEST((error.code() == ExitCode::configuration));
            BOOST_TEST((std::string(error.what()).find("LISTEN_FDS") != std::string::npos));
        }
    }
    BOOST_TEST(take_inherited_descriptors().empty());
}

BOOST_AUTO_TEST_SUITE_END()
