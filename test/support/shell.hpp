// Runs shell scripts, for what real programs do to a tree.
#pragma once

#include "test/support/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace treecast::test {

/// Runs `script` with `sh -e` in `directory`, with $OUT set to `outside`. Fails the test if the
/// script fails.
inline void
shell(const std::string& directory, const std::string& script, const std::string& outside = {}) {
    ChildProcess child(
        "/bin/sh",
        {"-e", "-c", script},
        {.environment = {{"OUT", outside}}, .directory = directory}
    );
    const auto status = child.wait();
    BOOST_TEST_REQUIRE((status == 0), script + ": " + child.standard_error());
}

}  // namespace treecast::test
