// Daemon and proxy as separate processes on a tree of the test's own, as services run them.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace treecast::test {

class PairOfPrograms {
public:
    /// `user`: the user that both programs run as (ChildOptions must name it too).
    explicit PairOfPrograms(uid_t user = ::geteuid()) : instance_(Leftovers::are_expected, user) {}

    void start_daemon(std::vector<std::string> options = {}, const ChildOptions& child = {}) {
        std::vector<std::string> all{
            "--root",
            tree_.path(),
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), options.begin(), options.end());
        daemon_.emplace(daemon_program, all, child);
    }
    /// Starts the proxy on a port of its own, the same one at every start.
    void start_proxy(std::vector<std::string> options = {}, const ChildOptions& child = {}) {
        const std::string port = std::to_string(server_.port);
        std::vector<std::string> all{
            "--listen",
            "127.0.0.1:" + port,
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), options.begin(), options.end());
        proxy_.emplace(proxy_program, all, child);
        // It logs one line for each listener.
        BOOST_TEST_REQUIRE(proxy_->wait_for_output("http://"), proxy_->standard_error());
        for (const std::string& option : options)
            for (const auto* const name : {"getfile", "getfile-legacy"})
                if (option.starts_with("--" + std::string(name) + '='))
                    BOOST_TEST_REQUIRE(
                        proxy_->wait_for_output(std::string(name) + "://"),
                        proxy_->standard_error()
                    );
        server_ = server_in(proxy_->standard_error() + proxy_->standard_output());
    }
    [[nodiscard]] bool wait_until_ready() const {
        return poll_until([&] {
            return http_get(server_, "/readyz").status == 200;
        });
    }

    const TemporaryDirectory& tree() const noexcept { return tree_; }
    const InstanceGuard& instance() const noexcept { return instance_; }
    const HttpServer& server() const noexcept { return server_; }
    std::optional<ChildProcess>& daemon() noexcept { return daemon_; }
    std::optional<ChildProcess>& proxy() noexcept { return proxy_; }

    HttpResponse get(std::string_view path, const HttpHeaders& headers = {}) const {
        return http_get(server_, "/v1/files/" + std::string(path), headers);
    }
    HttpConnection poll(std::string_view path, std::string_view query) const {
        HttpConnection connection(server_);
        connection.send_request("GET", "/v1/files/" + std::string(path) + '?' + std::string(query));
        return connection;
    }

private:
    TemporaryDirectory tree_;
    InstanceGuard instance_;
    HttpServer server_;
    std::optional<ChildProcess> daemon_;
    std::optional<ChildProcess> proxy_;
};

}  // namespace treecast::test
