#include "client/local/control_client.hpp"

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstring>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::client;
using namespace std::chrono_literals;

namespace {

struct ControlClientFixture : test::ObjectFixture {
    /// A socket as the daemon's.
    UniqueFd listen() const {
        UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path =
            "/proc/self/fd/" + std::to_string(directory.descriptor()) + "/control";
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        BOOST_TEST_REQUIRE(
            ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0
        );
        BOOST_TEST_REQUIRE(::listen(socket.get(), 1) == 0);
        return socket;
    }
    /// The answer, or the text of a refusal with code `unreachable`.
    std::string ask(std::chrono::milliseconds patience) const {
        try {
            return query_daemon(
                {guard.base(), guard.instance()},
                "sync\n",
                std::chrono::steady_clock::now() + patience
            );
        } catch (const StartupError& error) {
            BOOST_TEST((error.code() == ExitCode::unreachable));
            const std::string_view text = error.what();
            return std::string(text.substr(text.find(": ") + 2));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_client, ControlClientFixture)

BOOST_AUTO_TEST_CASE(without_a_daemon_nobody_is_asked) {
    BOOST_TEST(ask(10s) == "no daemon is running");
    const UniqueFd left = listen();
    ::shutdown(left.get(), SHUT_RDWR);
    BOOST_TEST(ask(10s) == "no daemon is running");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_does_not_answer_is_not_waited_for_longer) {
    const UniqueFd silent = listen();
    BOOST_TEST(ask(20ms) == "no answer within --timeout");
}

BOOST_AUTO_TEST_CASE(an_answer_counts_only_if_it_is_complete) {
    struct Row {
        std::vector<const char*> parts;
        const char* answer;
    };
    const Row rows[] = {
        {{"1.2\n"}, "1.2"},
        {{"1.2\nleft", " hung a h\n"}, "1.2\nleft hung a h"},
        {{}, "the daemon went away"},
        {{"1.2\nleft"}, "the daemon went away"},
        {{"\n"}, "the daemon went away"},
    };
    const UniqueFd socket = listen();
    for (const Row& row : rows) {
        std::string question;
        std::thread daemon([&] {
            const UniqueFd peer(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
            std::array<char, 64> buffer{};
            const auto bytes = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
            question.assign(buffer.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
            for (const char* part : row.parts)
                ::send(peer.get(), part, std::strlen(part), MSG_NOSIGNAL);
        });
        const std::string answer = ask(10s);
        daemon.join();
        BOOST_TEST(answer == row.answer);
        BOOST_TEST(question == "sync\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()
