// The tables "Files by purpose" of docs/architecture.md name every source and header of the rooms,
// and nothing else. No page of docs/ names a source or header that does not exist.
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(architecture_page)

namespace {

using Names = std::vector<std::string>;

/// The texts between backticks that match `form`, which is anchored at both ends.
Names quoted(const std::string& text, const std::string& form) {
    const std::regex pattern('`' + form + '`');
    Names names;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
        const std::string match = it->str();
        names.push_back(match.substr(1, match.size() - 2));
    }
    return names;
}

/// The columns of a row of a table, "| a | b |"; empty for any other line.
Names columns_of(const std::string& line) {
    Names columns;
    if (!line.starts_with('|'))
        return columns;
    std::istringstream rest(line.substr(1));
    for (std::string column; std::getline(rest, column, '|');)
        columns.push_back(column);
    return columns;
}

/// The files that the tables name, as paths, with or without an extension: "proxy/net/socket".
Names named_files(const std::string& page) {
    std::istringstream lines(page.substr(std::min(page.size(), page.find("### Files by purpose"))));
    Names files;
    std::string room;
    std::string folder;
    for (std::string line; std::getline(lines, line) && !line.starts_with("## ");) {
        if (const Names title = quoted(line, "[a-z]+/"); !title.empty() && line.ends_with("/`"))
            room = folder = title.front();
        const Names columns = columns_of(line);
        if (columns.empty())
            continue;
        if (const Names title = quoted(columns.front(), "[a-z]+/"); !title.empty())
            folder = room + title.front();
        for (const std::string& name : quoted(columns.back(), R"([a-z0-9_]+(\.[ch]pp)?)"))
            files.push_back(folder + name);
    }
    return files;
}

std::set<std::string> source_files(const fs::path& root) {
    std::set<std::string> files;
    for (const char* const room : {"base", "ipc", "watcher", "daemon", "proxy", "client"}) {
        if (!fs::exists(root / room))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / room)) {
            const auto extension = entry.path().extension();
            if (extension == ".hpp" || extension == ".cpp")
                files.insert(fs::relative(entry.path(), root).string());
        }
    }
    return files;
}

/// Files that no table names, and names that lead to no file.
Names differences(const fs::path& root) {
    const std::set<std::string> files = source_files(root);
    std::set<std::string> unnamed = files;
    Names wrong;
    for (const std::string& name : named_files(read_file(root / "docs/architecture.md"))) {
        bool exists = false;
        for (const std::string& file : {name, name + ".hpp", name + ".cpp"}) {
            exists = exists || files.contains(file);
            unnamed.erase(file);
        }
        if (!exists)
            wrong.push_back(name + " is named and does not exist");
    }
    for (const std::string& file : unnamed)
        wrong.push_back(file + " is in no table");
    for (const auto& page : fs::directory_iterator(root / "docs")) {
        if (page.path().extension() != ".md")
            continue;
        for (const std::string& path : quoted(read_file(page.path()), R"([a-z]+/[\w/]+\.[ch]pp)"))
            if (!fs::exists(root / path) && !fs::exists(root / "include" / path))
                wrong.push_back(path + " does not exist: " + page.path().filename().string());
    }
    return wrong;
}

}  // namespace

BOOST_AUTO_TEST_CASE(this_tree_is_as_its_tables_say) {
    for (const std::string& difference : differences(TREECAST_SOURCE_DIR))
        BOOST_ERROR(difference);
    BOOST_TEST(source_files(TREECAST_SOURCE_DIR).size() > 100u);
}

BOOST_AUTO_TEST_CASE(what_differs_is_found) {
    const TemporaryDirectory tree;
    for (const char* const file :
         {"base/a.hpp", "base/b.hpp", "base/b.cpp", "proxy/main.cpp", "proxy/net/c.cpp"})
        tree.write(file, "");
    tree.write(
        "docs/architecture.md",
        "See `base/b.cpp` and `base/gone.cpp`.\n"
        "### Files by purpose\n\n`base/`\n\n| purpose | files |\n|---|---|\n"
        "| names of `paths` | `b`, `gone` (an `--option`) |\n\n"
        "`proxy/`\n\n| folder | purpose | files |\n|---|---|---|\n| | process | `main.cpp` |\n"
        "| `net/` | bytes | `c`, `d.hpp` |\n\n## Next\n\n| `a` |\n"
    );

    const Names found = differences(tree.path());

    const Names expected{
        "base/gone is named and does not exist",
        "proxy/net/d.hpp is named and does not exist",
        "base/a.hpp is in no table",
        "base/gone.cpp does not exist: architecture.md"};
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
