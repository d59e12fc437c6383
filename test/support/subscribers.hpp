// The number of polls that a proxy holds.
#pragma once

#include "test/support/http_client.hpp"
#include "test/support/poll_until.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace treecast::test {

/// The number in the proxy's status.
inline std::size_t subscribers_of(const HttpServer& server) {
    const std::string body = http_get(server, "/v1/status").body;
    const std::string key = "\"subscribers\":";
    const auto place = body.find(key);
    BOOST_TEST_REQUIRE((place != body.npos), body);
    return std::stoul(body.substr(place + key.size()));
}

[[nodiscard]] inline bool wait_for_subscribers(const HttpServer& server, std::size_t count) {
    return poll_until([&] {
        return subscribers_of(server) == count;
    });
}

}  // namespace treecast::test
