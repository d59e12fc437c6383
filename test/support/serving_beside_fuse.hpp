// `treecast serve` in a mount namespace of its own, in which a filesystem of the tests is mounted.
#pragma once

#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace treecast::test {

class ServingBesideFuse {
public:
    TemporaryDirectory tree;
    InstanceGuard instance;
    std::optional<ChildProcess> serve;
    HttpServer server;
    pid_t filesystem = -1;

    /// `program` gets the mount point, a file for its process id, and `arguments`. Fails the test
    /// if serve does not start.
    void start(
        const std::string& program,
        const std::string& mount_point,
        const std::vector<std::string>& arguments = {},
        const std::string& options = {}
    ) {
        const TemporaryDirectory outside;
        const std::string pid_file = outside / "pid";
        std::string script = program + " '" + mount_point + "' '" + pid_file + "'";
        for (const std::string& argument : arguments)
            script += " '" + argument + "'";
        script += " & until mountpoint -q '" + mount_point + "'; do sleep 0.01; done; exec " +
                  treecast_program + " serve '" + tree.path() + "' --listen 127.0.0.1:0 " +
                  options + " --instance " + instance.name();
        serve.emplace(
            "/usr/bin/unshare",
            std::vector<std::string>{"-m", "--propagation", "private", "sh", "-c", script}
        );
        BOOST_TEST_REQUIRE(serve->wait_for_output("serving "), serve->standard_error());
        server = server_in(serve->standard_output());
        std::ifstream(pid_file) >> filesystem;
        BOOST_TEST_REQUIRE(filesystem > 0);
    }
    ServingBesideFuse() = default;
    ServingBesideFuse(const ServingBesideFuse&) = delete;
    ServingBesideFuse& operator=(const ServingBesideFuse&) = delete;
    ~ServingBesideFuse() {
        if (filesystem <= 0)
            return;
        ::kill(filesystem, SIGCONT);  // a test may have stopped it
        BOOST_TEST((serve->terminate() == 0), serve->standard_error());
        ::kill(filesystem, SIGTERM);
    }

    HttpResponse get(const std::string& path, const HttpHeaders& headers = {}) const {
        return http_get(server, "/v1/files/" + path, headers);
    }
};

}  // namespace treecast::test
