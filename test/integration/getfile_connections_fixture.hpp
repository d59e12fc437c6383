// What the tests of getfile_connections share.
//
// What GETFILE clients do to connections: pieces, padding, half-closing, never closing, leaving.
#pragma once

#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"
#include "test/support/getfile_client.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <sys/socket.h>

namespace treecast::test::getfile_connections_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);

    Published() { daemon.complete_scan(); }
};

/// With a proxy that serves `/f`.
struct Served : Published {
    ProxyInProcess proxy{instance, settings};

    Served() {
        daemon.put("f", "one");
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    }
};

inline HttpServer with_small_buffer(HttpServer server) {
    server.receive_buffer_bytes = 4096;
    return server;
}

/// Bytes of a header in front of a body that is longer than any socket's buffers.
inline std::string receive_until(HttpConnection& connection, std::size_t bytes) {
    std::string got;
    while (got.size() < bytes) {
        const auto more = connection.receive_bytes();
        if (more.empty())
            break;
        got += more;
    }
    return got;
}

}  // namespace treecast::test::getfile_connections_cases
