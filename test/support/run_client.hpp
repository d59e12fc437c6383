// Runs `treecast` to its end.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/programs.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace treecast::test {

struct Run {
    int code = -1;
    std::string output;
    std::string error;
};

inline Run run_client(const std::vector<std::string>& arguments, const ChildOptions& options = {}) {
    ChildProcess child(treecast_program, arguments, options);
    const auto code = child.wait();
    BOOST_REQUIRE(code.has_value());
    return {*code, child.standard_output(), child.standard_error()};
}

/// Checks that there is one line on standard error, which begins as every line of the program does,
/// and no other output.
inline void check_one_line(const Run& run, int code, const std::string& part) {
    BOOST_TEST_CONTEXT(run.error) {
        BOOST_TEST(run.code == code);
        BOOST_TEST(run.output == "");
        BOOST_TEST(run.error.starts_with("treecast: "));
        BOOST_TEST(run.error.find('\n') == run.error.size() - 1);
        BOOST_TEST(run.error.find(part) != std::string::npos);
    }
}

}  // namespace treecast::test
