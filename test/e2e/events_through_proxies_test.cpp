// Server-Sent Events by other people's programs: curl, and nginx with its own defaults in between.
#include "test/support/event_client.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <chrono>
#include <filesystem>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(events_through_proxies)

namespace {

/// Events that are held back somewhere come with others, or with a heartbeat.
constexpr auto at_once = 3s;

std::uint16_t free_port() {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    BOOST_TEST_REQUIRE(::bind(socket.get(), general, length) == 0);
    BOOST_TEST_REQUIRE(::getsockname(socket.get(), general, &length) == 0);
    return ntohs(address.sin_port);
}

std::string path_of(const std::string& program) {
    for (const char* const directory : {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/"})
        if (::access((directory + program).c_str(), X_OK) == 0)
            return directory + program;
    return program;
}

/// nginx in front of a server. Only what it writes to is put elsewhere than by default.
class Nginx {
public:
    explicit Nginx(const HttpServer& upstream) : port_(free_port()) {
        const std::string at = directory_.path() + '/';
        std::string temporary;
        for (const char* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            temporary += std::string(kind) + "_temp_path " + at + kind + ";\n";
        directory_.write(
            "nginx.conf",
            "pid " + at + "pid;\nerror_log " + at + "error;\nevents {}\nhttp {\naccess_log off;\n" +
                temporary + "server {\nlisten 127.0.0.1:" + std::to_string(port_) +
                ";\nlocation / { proxy_pass http://" + upstream.host + ':' +
                std::to_string(upstream.port) + "; }\n}\n}\n"
        );
        process_.emplace(
            path_of("nginx"),
            std::vector<std::string>{
                "-p",
                directory_.path(),
                "-c",
                at + "nginx.conf",
                "-g",
                "daemon off; master_process off;"}
        );
    }
    HttpServer server() {
        HttpServer server;
        server.port = port_;
        BOOST_TEST_REQUIRE(
            poll_until([&] {
                try {
                    return http_get(server, "/healthz").status == 200u;
                } catch (const std::system_error&) {
                    return false;
                }
            }),
            process_->standard_error()
        );
        return server;
    }

private:
    TemporaryDirectory directory_;
    std::uint16_t port_;
    std::optional<ChildProcess> process_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(nginx_passes_each_event_at_once, *needs(need::program("nginx"))) {
    const Files files{{"conf/a", "1"}};
    Serving serving(files);
    Nginx nginx(serving.server());
    EventClient client(nginx.server(), "prefix=conf/");
    BOOST_TEST(client.next_until_ready() == "reset conf/a ready");
    for (const char* const content : {"2", "3"}) {
        serving.tree().write("conf/a", content);
        BOOST_TEST(client.next_word(at_once) == "conf/a");
    }
    serving.tree().write("conf/b", "1");
    BOOST_TEST(client.next_word(at_once) == "conf/b");
    std::filesystem::remove(serving.tree() / "conf/a");
    BOOST_TEST(client.next_word(at_once) == "[conf/a]");
    const std::string id = client.last_event_id();

    client.connection().reset();
    serving.tree().write("conf/a", "4");
    EventClient other(nginx.server(), "prefix=conf/", id);
    BOOST_TEST(other.next_word(at_once) == "conf/a");
}

BOOST_AUTO_TEST_CASE(curl_prints_each_event_as_it_comes, *needs(need::program("curl"))) {
    const Files files{{"a", "1"}};
    Serving serving(files);
    const std::string url = "http://127.0.0.1:" + std::to_string(serving.server().port);
    ChildProcess curl(path_of("curl"), {"-sN", url + "/v1/events?path=a"});
    BOOST_TEST(curl.wait_for_output("event: ready\n"));
    BOOST_TEST(curl.standard_output().starts_with("retry: "));
    serving.tree().write("a", "22");
    BOOST_TEST(curl.wait_for_output("\"size\":2"));
    std::filesystem::remove(serving.tree() / "a");
    BOOST_TEST(curl.wait_for_output("event: delete\ndata: {\"path\":\"a\","));
}

BOOST_AUTO_TEST_SUITE_END()
