// GET /v1/changes?prefix=: what is there, with the built programs.
#include "test/support/serving.hpp"

#include <treecast/sha256.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast::test;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(listing)

namespace {

std::set<std::string> paths_in(const HttpResponse& response) {
    std::set<std::string> paths;
    const json::value parsed = json::parse(response.body);
    for (const auto& change : parsed.at("changes").as_array())
        paths.insert(std::string(change.at("path").as_string()));
    return paths;
}

HttpResponse list(const Serving& serving, std::string_view query) {
    return http_get(serving.server(), "/v1/changes" + std::string(query));
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_lies_below_a_prefix_is_listed_as_it_is_served) {
    const Serving serving(Files{{"d/a", "aa"}, {"d/sub/b \"q\"", "b"}, {"dx", "x"}, {"e", "e"}});
    BOOST_TEST(::chmod((serving.tree() / "d/a").c_str(), 0755) == 0);
    BOOST_TEST(::chmod((serving.tree() / "dx").c_str(), 0600) == 0);
    serving.sync();
    const auto a = serving.get("d/a");

    const auto below = list(serving, "?prefix=d/");
    const auto all = list(serving, "");

    BOOST_TEST((paths_in(below) == std::set<std::string>{"d/a", "d/sub/b \"q\""}));
    BOOST_TEST((paths_in(list(serving, "?prefix=d%2fs")) == std::set<std::string>{"d/sub/b \"q\""})
    );
    BOOST_TEST(paths_in(all).size() == 4);
    BOOST_TEST(paths_in(list(serving, "?prefix=none")).empty());
    const json::value parsed = json::parse(all.body);
    for (const auto& change : parsed.at("changes").as_array()) {
        if (change.at("path") == "dx") {
            BOOST_TEST((change.at("unavailable") == "private"));
        } else if (change.at("path") == "d/a") {
            BOOST_TEST((change.at("version").as_string() == a.header("Treecast-Version")));
            BOOST_TEST((change.at("sha256").as_string() == a.header("Treecast-SHA256")));
            BOOST_TEST((change.at("size") == 2));
            BOOST_TEST((change.at("mode") == "0755"));
        }
    }
}

BOOST_AUTO_TEST_CASE(deleted_files_are_not_listed) {
    const Serving serving(Files{{"a", "a"}, {"b", "b"}});
    ::unlink((serving.tree() / "a").c_str());
    serving.sync();

    BOOST_TEST((paths_in(list(serving, "")) == std::set<std::string>{"b"}));
}

BOOST_AUTO_TEST_CASE(a_directory_says_how_to_list_it) {
    const Serving serving(Files{{"d d/a", "a"}});

    const auto response = serving.get("d%20d");

    BOOST_TEST(response.status == 404);
    BOOST_TEST(response.has_header("Treecast-Version"));
    const auto detail = std::string(json::parse(response.body).at("detail").as_string());
    const auto place = detail.find("/v1/changes");
    BOOST_TEST_REQUIRE((place != detail.npos), detail);
    BOOST_TEST((
        paths_in(http_get(serving.server(), detail.substr(place))) == std::set<std::string>{"d d/a"}
    ));
}

BOOST_AUTO_TEST_CASE(other_parameters_are_400) {
    const Serving serving;
    for (const char* query : {"?prefix=a&prefix=b", "?after=x", "?unknown", "?prefix=%zz"})
        BOOST_TEST(list(serving, query).status == 400, query);
}

BOOST_AUTO_TEST_SUITE_END()
