// The proxy is stopped and started again on sockets that it inherits: no client notices more than
// the end of its wait.
#include "test/e2e/inherited_fixture.hpp"
#include "test/support/opa_client.hpp"
#include "test/support/subscribers.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

BOOST_AUTO_TEST_SUITE(inherited_restarts)

using namespace treecast::test::inherited_cases;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view file = "/v1/files/f";

/// Clients that connect all the time, each for one request.
class Visitors {
public:
    explicit Visitors(const HttpServer& server, int count = 4) {
        for (int i = 0; i < count; ++i)
            threads_.emplace_back([this, server] {
                while (!ending_)
                    visit(server);
            });
    }
    ~Visitors() { end(); }

    /// Returns what went wrong.
    std::set<std::string> end() {
        ending_ = true;
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
        return troubles_;
    }
    std::size_t visits() const { return visits_; }

private:
    void visit(const HttpServer& server) {
        std::string trouble;
        try {
            const unsigned status = http_get(server, file).status;
            if (status != 200)
                trouble = "status " + std::to_string(status);
        } catch (const std::exception& error) {
            trouble = error.what();
        }
        ++visits_;
        if (trouble.empty())
            return;
        const std::lock_guard guard(mutex_);
        troubles_.insert(trouble);
    }

    std::atomic<bool> ending_{false};
    std::atomic<std::size_t> visits_{0};
    std::mutex mutex_;
    std::set<std::string> troubles_;
    std::vector<std::thread> threads_;
};

std::string joined(const std::set<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts)
        all += text + '\n';
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_connection_is_lost) {
    for (const auto kind : {Socket::Kind::tcp, Socket::Kind::unix_socket}) {
        const Socket socket(kind);
        Activated programs({&socket});
        programs.start_proxy();
        BOOST_TEST_REQUIRE(programs.wait_until_ready());
        Visitors visitors(socket.server());
        for (int round = 0; round < 8; ++round) {
            const std::size_t before = visitors.visits();
            BOOST_TEST(poll_until([&] {
                return visitors.visits() > before + 20;
            }));
            programs.stop_proxy();
            programs.start_proxy();
        }
        const auto troubles = visitors.end();
        BOOST_TEST(troubles.empty(), joined(troubles));
    }
}

BOOST_AUTO_TEST_CASE(who_is_held_is_answered_and_who_comes_waits_for_the_next) {
    const Socket socket;
    Activated programs({&socket});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto first = http_get(socket.server(), file);
    const std::string after =
        std::string(file) + "?wait=60&after=" + first.header("Treecast-Version");
    const struct {
        std::string target;
        HttpHeaders headers;
        unsigned status;
    } kinds[] = {
        {after, {}, 204},
        {after, {{"If-None-Match", first.header("ETag")}}, 304},
        {"/v1/files/none?wait=60", {}, 404},
    };
    constexpr std::size_t count = 60;
    std::vector<HttpConnection> held;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& kind = kinds[i % std::size(kinds)];
        held.emplace_back(socket.server());
        held.back().send_request("GET", kind.target, kind.headers);
    }
    BOOST_TEST_REQUIRE(wait_for_subscribers(socket.server(), count));

    programs.proxy().signal(SIGTERM);
    std::optional<HttpConnection> newcomer;
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        const auto answer = held[i].receive();
        BOOST_TEST(answer.status == kinds[i % std::size(kinds)].status);
        BOOST_TEST(!answer.keep_alive);
        BOOST_TEST(answer.header("Treecast-Version").size() > 0U);
        if (!newcomer) {
            newcomer.emplace(socket.server());
            newcomer->send_request("GET", file);
        }
    }
    const auto all_answered = Clock::now() - begin;
    BOOST_TEST((programs.proxy().wait() == 0));
    // All at once would take some milliseconds.
    BOOST_TEST((all_answered > 300ms));
    BOOST_TEST(!newcomer->has_answer(50ms));

    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(newcomer->receive().status != 0U);
}

BOOST_AUTO_TEST_CASE(opa_sees_200_and_304_alone_and_does_not_spin) {
    const Socket socket;
    Activated programs({&socket});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<std::unique_ptr<OpaClient>> clients;
    for (int i = 0; i < 8; ++i)
        clients.push_back(std::make_unique<OpaClient>(socket.server(), std::string(file), 60s));
    const auto all_have = [&](const std::string& content) {
        return poll_until([&] {
            return std::ranges::all_of(clients, [&](const auto& client) {
                return client->content() == content;
            });
        });
    };
    BOOST_TEST(all_have("one"));

    constexpr int rounds = 4;
    for (int round = 0; round < rounds; ++round) {
        programs.stop_proxy();
        const std::string content = "version " + std::to_string(round);
        programs.tree().replace("f", content);  // which nobody serves for the moment
        programs.start_proxy();
        BOOST_TEST(all_have(content));
        programs.tree().replace("f", content + ", pushed");
        BOOST_TEST(all_have(content + ", pushed"));
    }

    for (const auto& client : clients) {
        client->end_soon();
        BOOST_TEST(
            client->errors().empty(),
            joined({client->errors().begin(), client->errors().end()})
        );
        // The first one, and in each round two contents, the end of a wait, and one in reserve.
        BOOST_TEST(client->requests() <= 2U + 4 * rounds);
    }
    programs.stop_proxy();
}

BOOST_AUTO_TEST_SUITE_END()
