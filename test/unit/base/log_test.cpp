#include "base/log.hpp"

#include "base/program_options.hpp"
#include "test/support/environment_variable.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using treecast::test::EnvironmentVariable;

BOOST_AUTO_TEST_SUITE(log_level)

namespace {

std::string refusal_of(const Arguments& arguments, ExitCode code) {
    try {
        start_logging("test", OptionParser({general_options()}, {}, 0).parse(arguments));
    } catch (const StartupError& error) {
        BOOST_TEST((error.code() == code), error.what());
        return error.what();
    }
    return "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_that_is_none_is_refused_by_the_name_of_its_source) {
    const std::string loud = ": 'loud' is none of debug, info, warning, error";
    BOOST_TEST(refusal_of({"--log-level", "loud"}, ExitCode::usage) == "--log-level" + loud);
    const EnvironmentVariable variable("TREECAST_LOG_LEVEL", "loud");
    BOOST_TEST(refusal_of({}, ExitCode::configuration) == "TREECAST_LOG_LEVEL" + loud);
}

BOOST_AUTO_TEST_SUITE_END()
