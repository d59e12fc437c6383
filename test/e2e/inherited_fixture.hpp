// What the tests of inherited sockets share: sockets that the test listens on, as a supervisor
// does, and programs that inherit them.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/fail_with_errno.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>

namespace treecast::test::inherited_cases {

using namespace treecast;
using namespace treecast::test;

/// A listening socket of the test's own. Its connections wait in the backlog until some program
/// that has inherited it accepts them.
class Socket {
public:
    enum class Kind { tcp, unix_socket };

    explicit Socket(Kind kind = Kind::tcp)
        : fd_(::socket(kind == Kind::tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in tcp{};
        tcp.sin_family = AF_INET;
        tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr_un file{};
        file.sun_family = AF_UNIX;
        if (kind == Kind::unix_socket)
            server_.unix_path = directory_ / "socket";
        server_.unix_path.copy(file.sun_path, sizeof file.sun_path - 1);
        auto* const address = kind == Kind::tcp ? reinterpret_cast<sockaddr*>(&tcp)
                                                : reinterpret_cast<sockaddr*>(&file);
        socklen_t length = kind == Kind::tcp ? sizeof tcp : sizeof file;
        if (::bind(fd_.get(), address, length) != 0 || ::listen(fd_.get(), 4096) != 0)
            fail_with_errno("listen");
        ::getsockname(fd_.get(), address, &length);
        server_.port = ntohs(tcp.sin_port);
    }

    int fd() const noexcept { return fd_.get(); }
    const HttpServer& server() const noexcept { return server_; }

private:
    TemporaryDirectory directory_;
    UniqueFd fd_;
    HttpServer server_;
};

/// A daemon with a file, and a proxy on inherited sockets that can be stopped and started again.
class Activated {
public:
    explicit Activated(std::vector<const Socket*> sockets, std::string names = "")
        : sockets_(std::move(sockets)), names_(std::move(names)) {
        tree_.write("f", "one");
        daemon_.emplace(
            daemon_program,
            std::vector<std::string>{"--root", tree_.path(), "--instance", instance_.name()}
        );
        BOOST_TEST_REQUIRE(daemon_->wait_for_output("watching "), daemon_->standard_error());
    }

    /// Returns when it listens.
    void start_proxy(std::vector<std::string> options = {}) {
        std::vector<std::string> all{"--instance", instance_.name(), "--workers", "2"};
        all.insert(all.end(), options.begin(), options.end());
        ChildOptions child{.inherited_names = names_};
        for (const Socket* const socket : sockets_)
            child.inherited.push_back(socket->fd());
        proxy_.emplace(proxy_program, all, child);
        BOOST_TEST_REQUIRE(proxy_->wait_for_output("listening on "), proxy_->standard_error());
    }
    [[nodiscard]] bool wait_until_ready() {
        return poll_until([&] {
            return http_get(sockets_.front()->server(), "/readyz").status == 200;
        });
    }
    void stop_proxy() { BOOST_TEST((proxy_->terminate() == 0), proxy_->standard_error()); }

    const TemporaryDirectory& tree() const noexcept { return tree_; }
    ChildProcess& proxy() { return *proxy_; }
    std::string log() const { return proxy_->standard_error(); }
    const InstanceGuard& instance() const noexcept { return instance_; }

private:
    std::vector<const Socket*> sockets_;
    std::string names_;
    TemporaryDirectory tree_;
    InstanceGuard instance_{Leftovers::are_expected};
    std::optional<ChildProcess> daemon_;
    std::optional<ChildProcess> proxy_;
};

}  // namespace treecast::test::inherited_cases
