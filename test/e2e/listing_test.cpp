// GET /v1/changes?prefix=: what is there, with the built programs.
#include "base/sha256.hpp"
#include "test/support/serving.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <set>
#include <utility>

#include <fcntl.h>
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
    for (const char* query : {"?limit=1&limit=2", "?after=x", "?unknown", "?prefix=%zz"})
        BOOST_TEST(list(serving, query).status == 400, query);
}

BOOST_AUTO_TEST_CASE(times_are_what_the_filesystem_says_and_http_says_those_it_can) {
    const Serving serving(Files{{"1601", "a"}, {"1969", "b"}, {"2446", "c"}});
    const std::pair<const char*, time_t> times[] = {
        {"1601", -11'644'473'600},
        {"1969", -1},
        {"2446", 15'032'385'535},
    };
    for (const auto& [name, seconds] : times) {
        const timespec both[2] = {{seconds, 0}, {seconds, 0}};
        BOOST_TEST(::utimensat(AT_FDCWD, (serving.tree() / name).c_str(), both, 0) == 0);
    }
    serving.sync();

    for (const auto& [name, ignored] : times) {
        struct stat status {};  // not every filesystem keeps every year
        BOOST_TEST(::stat((serving.tree() / name).c_str(), &status) == 0);
        std::tm parts{};
        char text[64]{};
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", ::gmtime_r(&status.st_mtime, &parts));
        const auto listing = json::parse(list(serving, std::string("?prefix=") + name).body);

        const auto& mtime = listing.at("changes").at(0).at("mtime").as_string();
        BOOST_TEST(mtime.starts_with(text), name << ": " << mtime << ", not " << text);
        const auto said = serving.get(name).header("Last-Modified");
        const bool sayable = parts.tm_year >= 0 && status.st_mtime <= std::time(nullptr);
        BOOST_TEST(said.empty() != sayable, name << ": " << said);
    }
}

BOOST_AUTO_TEST_SUITE_END()
