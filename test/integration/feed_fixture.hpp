// What the tests of the feed share.
#pragma once

#include "test/integration/published_to_subscriber_fixture.hpp"
#include "test/support/feed_follower.hpp"

#include <boost/json/parse.hpp>

#include <set>

namespace treecast::test::feed_cases {

using namespace treecast::test::published_to_subscriber_cases;

namespace json = boost::json;

struct Feed : Published {
    HttpConnection poll(const std::string& parameters) {
        HttpConnection connection(proxy.server());
        connection.send_request("GET", "/v1/changes?" + parameters);
        return connection;
    }
    json::object ask(const std::string& parameters) {
        return answer_in(http_get(proxy.server(), "/v1/changes?" + parameters));
    }
    static json::object answer_in(const HttpResponse& response) {
        BOOST_TEST_REQUIRE(response.status == 200, response.body);
        return json::parse(response.body).as_object();
    }
    static std::string cursor_of(const json::object& answer) {
        return std::string(answer.at("cursor").as_string());
    }
    /// The paths of the changes in their order, those of deleted files in brackets.
    static std::string paths_of(const json::object& answer) {
        std::string text;
        for (const json::value& change : answer.at("changes").as_array()) {
            const std::string path(change.at("path").as_string());
            text += (text.empty() ? "" : " ") +
                    (change.as_object().contains("deleted") ? '[' + path + ']' : path);
        }
        return text;
    }
    static std::set<std::string> set_of_paths(const json::object& answer) {
        std::set<std::string> paths;
        for (const json::value& change : answer.at("changes").as_array())
            paths.emplace(change.at("path").as_string());
        return paths;
    }
    static bool is(const json::object& answer, std::string_view member) {
        return answer.at(member).as_bool();
    }
};

}  // namespace treecast::test::feed_cases
