// The subscription that README.md shows, run as it stands there: its lines are taken from the file.
#include "test/support/child_process.hpp"
#include "test/support/needs.hpp"
#include "test/support/serving.hpp"
#include "test/support/shown_lines.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(readme, *needs(need::program("curl")))

namespace {

constexpr std::string_view shown_server = "http://127.0.0.1:8420/";

/// The loop, with another server in its URL, and waits that a test can wait for.
std::string subscription(const std::string& server, const std::string& wait = "30") {
    std::string script = shown_lines("README.md", "touch conf");
    BOOST_TEST_REQUIRE(script.find(shown_server) != std::string::npos);
    BOOST_TEST_REQUIRE(script.find("wait=30") != std::string::npos);
    boost::replace_all(script, shown_server, server);
    boost::replace_all(script, "wait=30", "wait=" + wait);
    return script;
}

/// A shell that subscribes in a directory of its own. It prints what the body prints. `sleep` is a
/// program of the test's, which tells of each pause and is quicker.
class Subscriber {
public:
    explicit Subscriber(const std::string& script) {
        const std::string pause = directory_ / "bin/sleep";
        directory_.write(
            "bin/sleep",
            "#!/bin/sh\necho \"$1\" >>'" + pauses_ + "'\nexec /bin/sleep 0.02\n"
        );
        directory_.write("pauses", "");
        std::filesystem::permissions(pause, std::filesystem::perms::owner_all);
        const std::string path = directory_ / "bin:/usr/bin:/bin";
        std::filesystem::create_directory(directory_ / "in");
        shell_.emplace(
            "/bin/sh",
            std::vector<std::string>{"-c", script},
            ChildOptions{.environment = {{"PATH", path}}, .directory = directory_ / "in"}
        );
    }

    bool runs() { return shell_->is_running(); }
    std::string conf() const { return read_file(directory_ / "in/conf"); }
    std::string printed() const { return shell_->standard_output(); }
    bool prints(const std::string& all) const {
        return poll_until([&] {
            return printed() == all;
        });
    }
    /// Of a second each.
    std::size_t pauses() const {
        const std::string text = read_file(pauses_);
        BOOST_TEST(text.find_first_not_of("1\n") == std::string::npos, text);
        return text.size() / 2;
    }
    bool pauses_again(std::size_t times) const {
        const std::size_t before = pauses();
        return poll_until([&] {
            return pauses() >= before + times;
        });
    }

private:
    TemporaryDirectory directory_;
    std::string pauses_ = directory_ / "pauses";
    std::optional<ChildProcess> shell_;
};

/// serve, which can be ended and started again at the same address.
class Server {
public:
    Server() {
        tree.write("conf", "one\n");
        start("127.0.0.1:0");
    }
    ~Server() { stop(); }

    void stop() {
        if (serve_)
            BOOST_TEST((serve_->terminate() == 0), serve_->standard_error());
        serve_.reset();
    }
    void start_again() { start(address_); }
    std::string url() const { return "http://" + address_ + '/'; }

    TemporaryDirectory tree;

private:
    void start(const std::string& address) {
        serve_.emplace(
            treecast_program,
            std::vector<std::string>{
                "serve",
                tree.path(),
                "--listen",
                address,
                "--instance",
                instance_.name()}
        );
        BOOST_TEST_REQUIRE(serve_->wait_for_output("serving "), serve_->standard_error());
        const HttpServer server = server_in(serve_->standard_output());
        address_ = server.host + ':' + std::to_string(server.port);
    }

    InstanceGuard instance_;
    std::optional<ChildProcess> serve_;
    std::string address_;
};

/// What a cache, or anything else on the way, answers to each request, whatever was asked.
std::string answer(const std::string& head, const std::string& body = {}) {
    const bool has_body = !head.starts_with("204") && !head.starts_with("304");
    return "HTTP/1.1 " + head + "\r\n" +
           (has_body ? "Content-Length: " + std::to_string(body.size()) + "\r\n" : "") + "\r\n" +
           body;
}

std::string url_of(const FakeTree& tree) {
    const std::string url = tree.url("conf");
    return url.substr(0, url.find('/', std::string_view("http://").size()) + 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_body_runs_once_for_each_change_and_after_no_idle_wait) {
    const Server server;
    const Subscriber subscriber(subscription(server.url(), "200ms"));
    BOOST_TEST(subscriber.prints("one\n"));

    BOOST_TEST(subscriber.pauses_again(3));
    server.tree.replace("conf", "two\n");
    BOOST_TEST(subscriber.prints("one\ntwo\n"));
    server.tree.write("conf", "");
    BOOST_TEST(poll_until([&] {
        return subscriber.conf().empty();
    }));
    server.tree.write("conf", "three\n");
    BOOST_TEST(subscriber.prints("one\ntwo\nthree\n"));

    BOOST_TEST(subscriber.pauses_again(3));
    BOOST_TEST(subscriber.printed() == "one\ntwo\nthree\n");
}

BOOST_AUTO_TEST_CASE(it_lives_through_a_deletion) {
    const Server server;
    Subscriber subscriber(subscription(server.url(), "200ms"));
    BOOST_TEST(subscriber.prints("one\n"));

    std::filesystem::remove(server.tree / "conf");
    BOOST_TEST(poll_until([&] {
        return http_get(server_in(server.url()), "/v1/files/conf").status == 404;
    }));
    BOOST_TEST(subscriber.pauses_again(3));
    BOOST_TEST(subscriber.conf() == "one\n");
    BOOST_TEST(subscriber.runs());

    server.tree.write("conf", "two\n");
    BOOST_TEST(subscriber.prints("one\ntwo\n"));
}

BOOST_AUTO_TEST_CASE(it_lives_through_a_restart_which_is_no_change) {
    Server server;
    Subscriber subscriber(subscription(server.url(), "200ms"));
    BOOST_TEST(subscriber.prints("one\n"));

    server.stop();
    BOOST_TEST(subscriber.pauses_again(3));
    server.start_again();
    BOOST_TEST(subscriber.pauses_again(3));
    BOOST_TEST(subscriber.printed() == "one\n");

    server.stop();
    server.tree.replace("conf", "two\n");
    server.start_again();
    BOOST_TEST(subscriber.prints("one\ntwo\n"));
    BOOST_TEST(subscriber.runs());
}

BOOST_AUTO_TEST_CASE(it_does_not_spin_whatever_answers_at_once) {
    for (const std::string& given :
         {answer("200 OK", "one\n"),
          answer("304 Not Modified"),
          answer("204 No Content"),
          answer("404 Not Found", "no such file"),
          answer("503 Backend fetch failed", "by a cache"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off"),
          std::string()}) {
        FakeTree tree;
        tree.stop_holding();
        constexpr std::size_t times = 10;
        for (std::size_t i = 0; i < times; ++i)
            tree.misbehave_once(i == 0 ? answer("200 OK", "one\n") : given);
        const Subscriber subscriber(subscription(url_of(tree)));

        BOOST_TEST(poll_until([&] {
            return tree.requests().size() >= times;
        }));
        BOOST_TEST(subscriber.pauses() >= times - 2, given);
        BOOST_TEST(subscriber.printed() == "one\n", given);
        BOOST_TEST(subscriber.conf() == "one\n", given);
    }
}

BOOST_AUTO_TEST_SUITE_END()
