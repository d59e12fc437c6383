// A client as OPA is follows a bundle that is a file, and one that is an archive of a directory,
// while the proxy is stopped and started again on the sockets that it inherits.
#include "test/e2e/inherited_fixture.hpp"
#include "test/support/opa_client.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/tar_reader.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

BOOST_AUTO_TEST_SUITE(inherited_bundles)

using namespace treecast::test::inherited_cases;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(each_version_that_stands_for_a_second_is_seen_by_all) {
    const Socket socket;
    Activated programs({&socket});
    programs.tree().write("policy/bundle.tar.gz", "version 0");
    programs.tree().write("rules/data.json", "version 0");
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<std::unique_ptr<OpaClient>> files;
    std::vector<std::unique_ptr<OpaClient>> archives;
    for (int i = 0; i < 4; ++i) {
        files.push_back(
            std::make_unique<OpaClient>(socket.server(), "/v1/files/policy/bundle.tar.gz", 60s)
        );
        archives.push_back(
            std::make_unique<OpaClient>(socket.server(), "/v1/archive/rules.tar", 60s)
        );
    }
    const auto have = [&](const std::string& version) {
        return poll_until([&] {
            return std::ranges::all_of(
                       files,
                       [&](const auto& client) {
                           return client->content() == version;
                       }
                   ) &&
                   std::ranges::all_of(archives, [&](const auto& client) {
                       return client->content().find(version) != std::string::npos;
                   });
        });
    };
    BOOST_TEST_REQUIRE(have("version 0"));

    // The pauses are what is tried, and wait for nothing: each version stands for a second, and
    // restarts come at another moment of it each time.
    constexpr int restarts = 4;
    int versions = 1;
    std::jthread writer([&](const std::stop_token& stop) {
        for (; !stop.stop_requested(); ++versions) {
            const std::string version = "version " + std::to_string(versions);
            programs.tree().replace("policy/bundle.tar.gz", version);
            programs.tree().replace("rules/data.json", version);
            std::this_thread::sleep_for(1s);
        }
    });
    for (int i = 0; i < restarts; ++i) {
        std::this_thread::sleep_for(700ms);
        programs.stop_proxy();
        programs.start_proxy();
    }
    writer.request_stop();
    writer.join();
    BOOST_TEST(have("version " + std::to_string(versions - 1)));

    const auto check = [&](const OpaClient& client, const auto& version_in) {
        for (const std::string& error : client.errors())
            BOOST_ERROR(error);
        std::vector<std::string> seen;
        for (const std::string& content : client.contents())
            seen.push_back(version_in(content));
        for (int version = 0; version < versions; ++version) {
            const std::string name = "version " + std::to_string(version);
            BOOST_TEST((std::ranges::count(seen, name) == 1), name);
        }
        // Each version once, the end of a wait at each restart, and one in reserve.
        BOOST_TEST(client.requests() <= static_cast<std::size_t>(versions + 2 * restarts + 2));
    };
    for (const auto& client : files) {
        client->end_soon();
        check(*client, [](const std::string& content) {
            return content;
        });
    }
    for (const auto& client : archives) {
        client->end_soon();
        check(*client, [](const std::string& content) {
            return read_tar(content).at(0).content;
        });
    }
    programs.stop_proxy();
}

BOOST_AUTO_TEST_SUITE_END()
