// What the tests of published_to_subscriber share.
//
// From a published version to a subscriber's socket: real workers, real sockets, and a writer of
// the catalog in the test process.
#pragma once

#include "proxy/http/http_date.hpp"
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace treecast::test::published_to_subscriber_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

/// Long enough for an answer that should not come to arrive if it were sent.
constexpr auto a_while = 300ms;

inline std::string entity_tag(std::string_view content) {
    return '"' + to_hex(sha256_of(content)).substr(0, 32) + '"';
}

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    ProxyInProcess proxy{instance};

    Published() {
        daemon.complete_scan();
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    }
};

}  // namespace treecast::test::published_to_subscriber_cases
