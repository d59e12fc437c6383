#include "watcher/link_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace treecast::watcher;
using Outcome = LinkWalk::Outcome;

BOOST_AUTO_TEST_SUITE(link_walk)

namespace {

/// A tree as a table: "" is a directory, "*" a file, anything else the target of a link.
using Names = std::map<std::string, std::string>;

struct Result {
    Outcome outcome;
    std::string path;
    std::vector<std::string> looked_up;
};

Result walk_through(const Names& names, const std::string& directory, const std::string& path) {
    LinkWalk walk(directory, path);
    Result result{};
    while (!walk.outcome()) {
        const std::string at =
            walk.directory() + (walk.directory().empty() ? "" : "/") + walk.name();
        result.looked_up.push_back(at);
        const auto found = names.find(at);
        if (found == names.end())
            walk.found_nothing();
        else if (found->second.empty())
            walk.found_directory();
        else if (found->second == "*")
            walk.found_file();
        else
            walk.found_link(found->second);
    }
    result.outcome = *walk.outcome();
    result.path = walk.resolved_path();
    return result;
}

const Names names{
    {"file", "*"},
    {"dir", ""},
    {"dir/file", "*"},
    {"dir/sub", ""},
    {"dir/sub/up", "../../file"},
    {"dir/out", "../../etc/passwd"},
    {"to_file", "file"},
    {"to_chain", "to_file"},
    {"to_dir", "dir/"},
    {"to_root", "/"},
    {"absolute", "/dir/file"},
    {"dangling", "dir/none"},
    {"circle", "circle"},
    {"file_as_dir", "file/"},
    {"empty_components", "dir//./sub/../file"},
    {"config", "..data/config"},
    {"..data", "..2026_1"},
    {"..2026_1", ""},
    {"..2026_1/config", "*"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_path_comes_to_what_it_names) {
    const std::vector<std::tuple<std::string, Outcome, std::string>> rows{
        {"file", Outcome::file, "file"},
        {"dir", Outcome::directory, "dir"},
        {"to_file", Outcome::file, "file"},
        {"to_chain", Outcome::file, "file"},
        {"to_dir", Outcome::directory, "dir"},
        {"to_dir/sub/up", Outcome::file, "file"},
        {"to_root", Outcome::directory, ""},
        {"to_root/to_root/file", Outcome::file, "file"},
        {"absolute", Outcome::file, "dir/file"},
        {"dangling", Outcome::missing, "dir/none"},
        {"file_as_dir", Outcome::not_a_directory, "file"},
        {"file/below", Outcome::not_a_directory, "file"},
        {"empty_components", Outcome::file, "dir/file"},
        {"config", Outcome::file, "..2026_1/config"},
        {"none/below", Outcome::missing, "none"},
    };
    for (const auto& [path, outcome, resolved] : rows) {
        const Result result = walk_through(names, "", path);
        BOOST_TEST((result.outcome == outcome), path);
        BOOST_TEST(result.path == resolved, path);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_leaves_the_root_is_refused_wherever_it_would_lead) {
    BOOST_TEST((walk_through(names, "", "dir/out").outcome == Outcome::outside_root));
    BOOST_TEST((walk_through(names, "", "..").outcome == Outcome::outside_root));
    BOOST_TEST((walk_through(names, "dir", "../..").outcome == Outcome::outside_root));
    BOOST_TEST((walk_through(names, "dir", "..").outcome == Outcome::directory));
}

BOOST_AUTO_TEST_CASE(a_circle_ends_after_forty_links) {
    const Result result = walk_through(names, "", "circle");

    BOOST_TEST((result.outcome == Outcome::too_many_links));
    BOOST_TEST(result.looked_up.size() == LinkWalk::links_max + 1);
}

BOOST_AUTO_TEST_CASE(forty_links_are_followed) {
    Names chain{{"l40", "*"}};
    for (int i = 0; i < 40; ++i)
        chain["l" + std::to_string(i)] = "l" + std::to_string(i + 1);

    BOOST_TEST((walk_through(chain, "", "l0").outcome == Outcome::file));
    chain["l40"] = "l41";
    chain["l41"] = "*";
    BOOST_TEST((walk_through(chain, "", "l0").outcome == Outcome::too_many_links));
}

BOOST_AUTO_TEST_CASE(each_component_of_a_path_may_lead_through_forty_links) {
    Names chain{{"l40", ""}, {"l40/f0", "l1"}, {"l40/l1", "l2"}, {"l40/l2", "file"}};
    chain["l40/file"] = "*";
    for (int i = 0; i < 40; ++i)
        chain["l" + std::to_string(i)] = "l" + std::to_string(i + 1);

    BOOST_TEST((walk_through(chain, "", "l0/f0").outcome == Outcome::file));
}

BOOST_AUTO_TEST_CASE(every_name_on_the_way_is_looked_up) {
    const std::vector<std::string> expected{"config", "..data", "..2026_1", "..2026_1/config"};

    const Result result = walk_through(names, "", "config");

    BOOST_TEST(result.looked_up == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(targets_beyond_all_bounds_are_refused) {
    Names bad{{"long", std::string(5000, 'a')}, {"empty", ""}};
    BOOST_TEST((walk_through(bad, "", "long").outcome == Outcome::too_long));

    LinkWalk walk("", "link");
    walk.found_link("");
    BOOST_TEST((walk.outcome() == Outcome::missing));

    std::string deep = "d";
    Names tree{{"d", ""}};
    while (deep.size() < 4000)
        tree[deep += "/d"] = "";
    tree[deep + "/again"] = std::string(200, 'x');
    BOOST_TEST((walk_through(tree, "", deep + "/again").outcome == Outcome::too_long));
}

BOOST_AUTO_TEST_SUITE_END()
