// Runs `treecast serve`, as built, on a tree of the test's own and a port that it picks.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/processes.hpp"
#include "test/support/programs.hpp"
#include "test/support/subscribers.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::test {

/// Paths and contents.
using Files = std::vector<std::pair<std::string, std::string>>;

class Serving {
public:
    /// `files` are written before the start. Fails the test if the server does not start.
    explicit Serving(const Files& files = {}, std::vector<std::string> options = {})
        : serve_(treecast_program, arguments(files, std::move(options))) {
        BOOST_TEST_REQUIRE(serve_.wait_for_output("serving "), serve_.standard_error());
        server_ = server_in(serve_.standard_output());
    }
    ~Serving() {
        // serve removes all objects; the guard checks that.
        const auto status = serve_.terminate();
        BOOST_TEST((status == 0), "serve did not end with 0: " + serve_.standard_error());
    }

    const TemporaryDirectory& tree() const noexcept { return tree_; }
    const HttpServer& server() const noexcept { return server_; }
    /// A listener of another protocol, which must be among the options.
    HttpServer server(std::string_view scheme) const {
        return server_in(serve_.standard_output(), scheme);
    }
    const InstanceGuard& instance() const noexcept { return instance_; }
    ChildProcess& process() noexcept { return serve_; }
    /// The log of the programs so far.
    std::string log() const { return serve_.standard_error(); }
    /// The daemon or the proxy; 0 while it does not run.
    pid_t child(const std::string& program) const { return child_of(serve_.pid(), program); }

    HttpResponse get(std::string_view path, const HttpHeaders& headers = {}) const {
        return http_get(server_, target(path), headers);
    }
    /// A connection with a poll for `path` under way.
    HttpConnection poll(std::string_view path, std::string_view query) const {
        HttpConnection connection(server_);
        connection.send_request("GET", target(path) + '?' + std::string(query));
        return connection;
    }
    /// Returns when everything written so far is published, except files that a writer has open.
    void sync() const {
        ChildProcess sync(treecast_program, {"sync", "--instance", instance_.name()});
        const auto status = sync.wait();
        const std::string said = sync.standard_error();
        BOOST_TEST_REQUIRE((status == 0 || (status == 1 && names_only_writers(said))), said);
    }
    std::size_t subscribers() const { return subscribers_of(server_); }
    [[nodiscard]] bool wait_for_subscribers(std::size_t count) const {
        return test::wait_for_subscribers(server_, count);
    }

    static std::string target(std::string_view path) { return "/v1/files/" + std::string(path); }

private:
    static bool names_only_writers(std::string_view lines) {
        while (!lines.empty()) {
            const auto line = lines.substr(0, lines.find('\n'));
            if (!line.ends_with(": left out: a writer has it open"))
                return false;
            lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        }
        return true;
    }
    std::vector<std::string> arguments(const Files& files, std::vector<std::string> options) const {
        for (const auto& [path, content] : files)
            tree_.write(path, content);
        std::vector<std::string>
            all{"serve", tree_.path(), "--listen", "127.0.0.1:0", "--instance", instance_.name()};
        all.insert(all.end(), options.begin(), options.end());
        return all;
    }

    TemporaryDirectory tree_;
    InstanceGuard instance_;
    ChildProcess serve_;
    HttpServer server_;
};

}  // namespace treecast::test
