// Programs of other people that read a file of ours over HTTP again and again.
#include "test/support/needs.hpp"
#include "test/support/other_programs.hpp"
#include "test/support/serving.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(other_clients)

namespace {

std::string url_of(const Serving& serving, const std::string& path) {
    return serving.server().origin() + "/v1/files/" + path;
}

/// What a program answers on its port; empty while it does not.
std::string body_at(std::uint16_t port, const std::string& target) {
    try {
        HttpServer server;
        server.port = port;
        return http_get(server, target).body;
    } catch (const std::exception&) {
        return {};
    }
}

bool answers(std::uint16_t port, const std::string& target, const std::string& part) {
    return poll_until([&] {
        return body_at(port, target).find(part) != std::string::npos;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(prometheus_discovers_its_targets, *needs(need::program("prometheus"))) {
    const auto targets = [](const std::string& address) {
        return R"([{"targets": [")" + address + R"("], "labels": {"from": "tree"}}])";
    };
    const Serving serving(Files{{"targets.json", targets("192.0.2.1:9100")}});
    const TemporaryDirectory home;
    home.write(
        "prometheus.yml",
        "scrape_configs:\n"
        "  - job_name: tree\n"
        "    scrape_interval: 1h\n"
        "    http_sd_configs:\n"
        "      - url: " +
            url_of(serving, "targets.json") +
            "\n"
            "        refresh_interval: 1s\n"
    );
    const std::uint16_t port = unused_port();
    ChildProcess prometheus = run_program(
        "prometheus",
        {"--config.file=" + home / "prometheus.yml",
         "--storage.tsdb.path=" + home / "data",
         "--web.listen-address=127.0.0.1:" + std::to_string(port)},
        home.path()
    );
    BOOST_TEST(answers(port, "/api/v1/targets", "192.0.2.1:9100"), prometheus.standard_error());

    serving.tree().write("targets.json", targets("192.0.2.2:9100"));
    BOOST_TEST(answers(port, "/api/v1/targets", "192.0.2.2:9100"), prometheus.standard_error());
    BOOST_TEST((prometheus.standard_error().find("level=error") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(caddy_loads_its_configuration, *needs(need::program("caddy"))) {
    const Serving serving;
    const TemporaryDirectory home;
    const std::uint16_t port = unused_port();
    const auto configuration = [&](const std::string& body) {
        return R"({"admin": {"listen": "unix/)" + home / "admin" +
               R"(", "config": {"load_delay": "1s", "load": {"module": "http", "url": ")" +
               url_of(serving, "caddy.json") +
               R"("}}}, "apps": {"http": {"servers": {"a": {"listen": ["127.0.0.1:)" +
               std::to_string(port) +
               R"("], "automatic_https": {"disable": true}, "routes": [{"handle": [{"handler": )" +
               R"("static_response", "body": ")" + body + R"("}]}]}}}}})";
    };
    serving.tree().write("caddy.json", configuration("one"));
    serving.sync();
    home.write("first.json", configuration("none"));
    ChildProcess caddy =
        run_program("caddy", {"run", "--config", home / "first.json"}, home.path());
    BOOST_TEST(answers(port, "/", "one"), caddy.standard_error());

    serving.tree().write("caddy.json", configuration("two"));
    BOOST_TEST(answers(port, "/", "two"), caddy.standard_error());
    BOOST_TEST((caddy.terminate() == 0), caddy.standard_error());
}

BOOST_AUTO_TEST_SUITE_END()
