// What the tests of connections share.
//
// What clients do to connections: pipelining, bad requests, leaving, reading slowly.
#pragma once

#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace treecast::test::connections_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);

    Published() { daemon.complete_scan(); }
};

inline std::string request(const std::string& line, const std::string& fields = {}) {
    return line + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

}  // namespace treecast::test::connections_cases
