// What the tests of mounts share.
//
// Mounts above, at and below the root come and go, seen by the daemon or not: what a mount showed
// is not deleted because the mount is gone, and what it had covered is not served.
//
// Daemon and mounts are in a mount namespace of the test's own, which outlives the daemon.
#pragma once

#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/shell.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <optional>

namespace treecast::test::mounts_cases {

using namespace treecast;
using namespace treecast::test;

/// A daemon and a proxy on `root` in a directory of their own; scripts run in that directory.
class Mounts {
public:
    /// `script` is run before the start.
    explicit Mounts(const std::string& script, std::vector<std::string> options = {})
        : options_(std::move(options)),
          holder_(
              "/usr/bin/unshare",
              {"-m", "--propagation", "private", "sh", "-c", "echo ready; exec sleep 1000"}
          ) {
        BOOST_TEST_REQUIRE(holder_.wait_for_output("ready"), holder_.standard_error());
        run("mkdir root vol; printf vol >vol/f; mkdir vol/sub; printf deep >vol/sub/g; chmod -R "
            "a+rX .; " +
            script);
        start();
        proxy_.emplace(
            proxy_program,
            std::vector<std::string>{
                "--listen",
                "127.0.0.1:0",
                "--instance",
                instance_.name(),
                "--shm-dir",
                instance_.base()}
        );
        BOOST_TEST_REQUIRE(proxy_->wait_for_output("http://"), proxy_->standard_error());
        server_ = server_in(proxy_->standard_error() + proxy_->standard_output());
        BOOST_TEST_REQUIRE(poll_until([&] {
            return http_get(server_, "/readyz").status == 200;
        }));
    }

    void run(const std::string& script) const {
        ChildProcess child = within("/bin/sh", {"-e", "-c", "cd '" + path() + "'; " + script});
        const auto status = child.wait();
        BOOST_TEST_REQUIRE((status == 0), script + ": " + child.standard_error());
    }
    void start() {
        std::vector<std::string> all{
            "--root",
            directory_ / "root",
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), options_.begin(), options_.end());
        daemon_.emplace(within(daemon_program, all));
        BOOST_TEST_REQUIRE(daemon_->wait_for_output("watching "), daemon_->standard_error());
    }
    void signal(int number) const { daemon_->signal(number); }
    void stop() { BOOST_TEST((daemon_->terminate() == 0)); }
    void kill() {
        daemon_->signal(SIGKILL);
        (void)daemon_->wait();
    }

    HttpResponse get(const std::string& file) const {
        return http_get(server_, "/v1/files/" + file);
    }
    std::string body(const std::string& file) const {
        const auto response = get(file);
        return response.status == 200 ? response.body : std::to_string(response.status);
    }
    bool comes_to(const std::string& file, const std::string& wanted) const {
        return poll_until([&] {
            return body(file) == wanted;
        });
    }
    std::string status() const { return http_get(server_, "/v1/status").body; }
    bool is_degraded() const { return status().find("\"degraded\":null") == std::string::npos; }
    /// A command of the client's; its exit code.
    int client(const std::string& command, const std::vector<std::string>& arguments = {}) const {
        std::vector<std::string> all{
            command,
            "--instance",
            instance_.name(),
            "--shm-dir",
            instance_.base()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        ChildProcess child(treecast_program, all);
        const auto code = child.wait();
        BOOST_TEST_REQUIRE(code.has_value());
        return *code;
    }

    /// The loss of `what` is told, and the file is as it was, also to who looks harder.
    void expect_kept(const std::string& what, const std::string& file, const std::string& wanted) {
        BOOST_TEST(
            poll_until([&] {
                return status().find("\"degraded\":\"") != std::string::npos &&
                       status().find(what) != std::string::npos;
            }),
            status()
        );
        (void)client("sync");
        BOOST_TEST(body(file) == wanted);
        BOOST_TEST(poll_until([&] {
            return get(file).has_header("Treecast-Stale");
        }));
    }
    void expect_recovered() const {
        BOOST_TEST(
            poll_until([&] {
                return !is_degraded() && status().find("\"stale\":null") != std::string::npos;
            }),
            status()
        );
    }

    std::string path() const { return directory_.path(); }
    std::string log() const { return daemon_->standard_error(); }

private:
    ChildProcess within(const std::string& program, std::vector<std::string> arguments) const {
        std::vector<std::string> all{"-t", std::to_string(holder_.pid()), "-m", program};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return ChildProcess("/usr/bin/nsenter", all);
    }

    TemporaryDirectory directory_;
    InstanceGuard instance_{Leftovers::are_expected};
    std::vector<std::string> options_;
    ChildProcess holder_;
    std::optional<ChildProcess> daemon_;
    std::optional<ChildProcess> proxy_;
    HttpServer server_;
};

const std::string bind_data = "mount --bind vol root/data; ";
const std::string bind_root = "printf placeholder >root/f; mount --bind vol root; ";

}  // namespace treecast::test::mounts_cases
