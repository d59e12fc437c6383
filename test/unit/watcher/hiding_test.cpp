#include "watcher/hiding.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(hiding)

namespace {

struct Row {
    std::string rules;
    std::string path;
    bool is_directory;
    bool ignored;
};

bool ignores(const std::string& rules, const std::string& path, bool is_directory) {
    const auto slash = path.rfind('/');
    const std::string directory = slash == path.npos ? "" : path.substr(0, slash);
    const std::string name = slash == path.npos ? path : path.substr(slash + 1);
    return IgnoreRules::parse(rules).ignores(directory, name, is_directory).value_or(false);
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_match_as_in_a_shell) {
    const std::vector<std::tuple<std::string, std::string, bool>> rows{
        {"a", "a", true},       {"a", "b", false},          {"", "", true},
        {"*", "", true},        {"*", "anything", true},    {"*.o", "x.o", true},
        {"*.o", "x.oo", false}, {"a*b*c", "aXbYbZc", true}, {"a*b*c", "acb", false},
        {"?", "a", true},       {"?", "", false},           {"?", "ab", false},
        {"[abc]", "b", true},   {"[abc]", "d", false},      {"[a-c]x", "bx", true},
        {"[!a-c]", "d", true},  {"[!a-c]", "b", false},     {"[^a]", "b", true},
        {"[]]", "]", true},     {"[a-]", "-", true},        {"[\\]]", "]", true},
        {"\\*", "*", true},     {"\\*", "a", false},        {"[", "[", true},
        {"a[", "a[", true},     {"**", "ab", true},         {"a\\", "a\\", true},
    };
    for (const auto& [pattern, name, matches] : rows)
        BOOST_TEST(matches_name(pattern, name) == matches, pattern << " on " << name);
}

BOOST_AUTO_TEST_CASE(rules_ignore_as_git_does) {
    const std::vector<Row> rows{
        {"*.log", "x.log", false, true},
        {"*.log", "a/b/x.log", false, true},
        {"# x.log", "# x.log", false, false},
        {"\\#x", "#x", false, true},
        {"\\!x", "!x", false, true},
        {"", "x", false, false},
        {"  \n", "x", false, false},
        {"x  ", "x", false, true},
        {"x\\ ", "x ", false, true},
        {"x\r\n", "x", false, true},
        {"/x", "x", false, true},
        {"/x", "a/x", false, false},
        {"a/x", "a/x", false, true},
        {"a/x", "b/a/x", false, false},
        {"x/", "x", true, true},
        {"x/", "x", false, false},
        {"x/", "a/x", true, true},
        {"**/x", "x", false, true},
        {"**/x", "a/b/x", false, true},
        {"a/**", "a/b", false, true},
        {"a/**", "a", true, false},
        {"a/**/b", "a/b", false, true},
        {"a/**/b", "a/x/y/b", false, true},
        {"a/**/b", "a/x/y/c", false, false},
        {"a/*", "a/b", false, true},
        {"a/*", "a/b/c", false, false},
        {"*.log\n!keep.log", "keep.log", false, false},
        {"*.log\n!keep.log", "other.log", false, true},
        {"!keep.log\n*.log", "keep.log", false, true},
        {"/", "x", true, false},
    };
    for (const Row& row : rows)
        BOOST_TEST(
            ignores(row.rules, row.path, row.is_directory) == row.ignored,
            row.rules << " on " << row.path
        );
}

BOOST_AUTO_TEST_CASE(names_that_begin_with_a_dot_are_hidden_unless_asked_for) {
    const Hiding hiding(false, {"!.shown"});
    const Hiding showing(true, {});

    BOOST_TEST(!hiding.shows_path(".a"));
    BOOST_TEST(!hiding.shows_path("..data/a"));
    BOOST_TEST(!hiding.shows_path("a/.b/c"));
    BOOST_TEST(!hiding.shows_path(".shown"));
    BOOST_TEST(hiding.shows_path("a.b/c."));
    BOOST_TEST(showing.shows_path(".a/.b"));
}

BOOST_AUTO_TEST_CASE(the_closest_file_decides_and_options_come_before_all) {
    Hiding hiding(false, {"*.key"});
    BOOST_TEST(hiding.set_rules("", IgnoreRules::parse("*.tmp\n!x.key")));
    BOOST_TEST(hiding.set_rules("a", IgnoreRules::parse("!*.tmp\n/only\n")));

    BOOST_TEST(!hiding.shows_path("x.tmp"));
    BOOST_TEST(hiding.shows_path("a/x.tmp"));
    BOOST_TEST(hiding.shows_path("a/b/x.tmp"));
    BOOST_TEST(!hiding.shows_path("ab/x.tmp"));
    BOOST_TEST(!hiding.shows_path("a/only"));
    BOOST_TEST(hiding.shows_path("a/b/only"));
    BOOST_TEST(!hiding.shows_path("x.key"));
}

BOOST_AUTO_TEST_CASE(nothing_below_an_ignored_directory_is_shown) {
    Hiding hiding(false, {"build/", "!build/keep"});

    BOOST_TEST(!hiding.shows_path("build/keep"));
    BOOST_TEST(hiding.shows_path("build"));  // a file of that name
}

BOOST_AUTO_TEST_CASE(forgetting_a_directory_forgets_the_rules_below_it_alone) {
    Hiding hiding(false, {});
    hiding.set_rules("a/b", IgnoreRules::parse("x"));
    hiding.set_rules("a-b", IgnoreRules::parse("x"));

    hiding.forget("a");

    BOOST_TEST(hiding.shows_path("a/b/x"));
    BOOST_TEST(!hiding.shows_path("a-b/x"));
    BOOST_TEST(!hiding.set_rules("a/b", {}));
    BOOST_TEST(hiding.set_rules("a-b", {}));
}

BOOST_AUTO_TEST_SUITE_END()
