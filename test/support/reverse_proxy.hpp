// Other people's reverse proxies and caches, run in front of a server of a test's own with the
// configuration that docs/http.md shows for them.
//
// What stands there is used as it stands, with other ports. What is added has to do with the place
// alone: where files are written, no privileges, no other listeners.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/temporary_directory.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::test {

/// One that the page shows: nginx, haproxy, varnishd, squid or caddy.
class ReverseProxy {
public:
    /// Returns when it passes requests on. Fails the test if that does not happen.
    ReverseProxy(const std::string& program, const HttpServer& behind);
    /// The same with this instead of what the page shows; it names the same two ports.
    ReverseProxy(
        const std::string& program,
        const HttpServer& behind,
        const std::string& configuration
    );
    ~ReverseProxy();
    ReverseProxy(const ReverseProxy&) = delete;
    ReverseProxy& operator=(const ReverseProxy&) = delete;

    const HttpServer& server() const noexcept { return server_; }
    /// What it wrote to its standard error.
    std::string log() const { return process_->standard_error(); }

private:
    TemporaryDirectory directory_;
    HttpServer server_;
    std::optional<ChildProcess> process_;
};

}  // namespace treecast::test
