// No file includes itself through others, a header and its source counted as one.
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(include_cycles)

namespace {

using Includes = std::map<std::string, std::set<std::string>>;  // by path without extension

Includes includes_of(const fs::path& root) {
    static const std::regex include(R"re(^#include "([\w/]+)\.hpp")re");
    Includes all;
    for (const char* const room : {"base", "ipc", "watcher", "daemon", "proxy", "client"}) {
        if (!fs::exists(root / room))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / room)) {
            const fs::path path = fs::relative(entry.path(), root);
            if (path.extension() != ".hpp" && path.extension() != ".cpp")
                continue;
            const std::string unit = (path.parent_path() / path.stem()).string();
            std::istringstream lines(read_file(entry.path().string()));
            std::string line;
            std::smatch match;
            while (std::getline(lines, line))
                if (std::regex_search(line, match, include) && match[1] != unit)
                    all[unit].insert(match[1]);
        }
    }
    return all;
}

/// Follows the includes of `unit`; `trail` leads to it. Gives the first cycle, or nothing.
std::vector<std::string> cycle_from(
    const std::string& unit,
    const Includes& includes,
    std::vector<std::string>& trail,
    std::set<std::string>& done
) {
    if (const auto begin = std::ranges::find(trail, unit); begin != trail.end())
        return {begin, trail.end()};
    const auto found = includes.find(unit);
    if (found == includes.end() || done.contains(unit))
        return {};
    trail.push_back(unit);
    for (const std::string& next : found->second)
        if (auto cycle = cycle_from(next, includes, trail, done); !cycle.empty())
            return cycle;
    trail.pop_back();
    done.insert(unit);
    return {};
}

/// "a > b > a"; empty if there is no cycle.
std::string find_cycle(const fs::path& root) {
    const Includes includes = includes_of(root);
    std::set<std::string> done;
    for (const auto& [unit, targets] : includes) {
        std::vector<std::string> trail;
        const auto cycle = cycle_from(unit, includes, trail, done);
        if (cycle.empty())
            continue;
        std::string words;
        for (const std::string& each : cycle)
            words += each + " > ";
        return words + cycle.front();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(this_tree_has_none) {
    BOOST_TEST(!includes_of(TREECAST_SOURCE_DIR).empty());
    BOOST_TEST(find_cycle(TREECAST_SOURCE_DIR) == "");
}

BOOST_AUTO_TEST_CASE(one_through_a_source_file_is_found) {
    const TemporaryDirectory tree;
    tree.write("base/a.hpp", "");
    tree.write("base/a.cpp", "#include \"base/a.hpp\"\n#include \"base/b.hpp\"\n");
    tree.write("base/b.hpp", "#include \"base/c.hpp\"\n");
    tree.write("base/c.hpp", "");
    BOOST_TEST(find_cycle(tree.path()) == "");

    tree.write("base/c.cpp", "#include \"base/a.hpp\"\n");
    BOOST_TEST(find_cycle(tree.path()) == "base/a > base/b > base/c > base/a");
}

BOOST_AUTO_TEST_SUITE_END()
