// What the tests of bad_start share.
//
// Starts that cannot succeed: one line that says what to do, the right exit code, nothing left.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <netinet/in.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test::bad_start_cases {

using namespace treecast;
using namespace treecast::test;

/// A listener on a free port, with or without SO_REUSEPORT.
struct OtherServer {
    UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::string port;

    explicit OtherServer(bool reuse_port) {
        const int on = reuse_port ? 1 : 0;
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        BOOST_TEST_REQUIRE(::bind(socket.get(), generic, length) == 0);
        BOOST_TEST_REQUIRE(::listen(socket.get(), 1) == 0);
        ::getsockname(socket.get(), generic, &length);
        port = std::to_string(ntohs(address.sin_port));
    }
};

inline void expect_refusal(
    const std::string& program,
    std::vector<std::string> arguments,
    int status,
    std::string_view named
) {
    ChildProcess child(program, arguments);
    BOOST_TEST((child.wait() == status), named);
    const std::string said = child.standard_error();
    BOOST_TEST((said.find(named) != std::string::npos), said);
    // One line of its own; what the log says of a normal start is not an error.
    const std::string prefix =
        std::string(program).substr(std::string(program).rfind('/') + 1) + ": ";
    BOOST_TEST((said.find(prefix) != std::string::npos), said);
}

}  // namespace treecast::test::bad_start_cases
