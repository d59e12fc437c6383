// Takes scripts from the pages that show them, so that what is tried is what is shown.
#pragma once

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <string>
#include <string_view>

namespace treecast::test {

/// The indented lines of `page` ("docs/http.md") from the one that begins with `first` on, to the
/// next that is not indented. Fails the test if there are none.
inline std::string shown_lines(const std::string& page, std::string_view first) {
    constexpr std::string_view indent = "    ";
    std::ifstream file(TREECAST_SOURCE_DIR "/" + page);
    std::string found;
    for (std::string line; std::getline(file, line);) {
        const bool is_code = line.starts_with(indent);
        if (!found.empty() && !is_code)
            break;
        if (!found.empty() || (is_code && line.substr(indent.size()).starts_with(first)))
            found += line.substr(indent.size()) + '\n';
    }
    BOOST_TEST_REQUIRE(!found.empty(), page + " does not show " + std::string(first));
    return found;
}

}  // namespace treecast::test
