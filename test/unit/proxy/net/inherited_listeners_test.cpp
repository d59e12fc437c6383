#include "proxy/net/inherited_listeners.hpp"

#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(inherited_listeners)

namespace {

UniqueFd bound_socket(int type, const char* address) {
    UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &name.sin_addr);
    BOOST_TEST_REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
    return fd;
}

UniqueFd listening(const char* address = "127.0.0.1") {
    UniqueFd fd = bound_socket(SOCK_STREAM, address);
    BOOST_TEST_REQUIRE(::listen(fd.get(), 1) == 0);
    return fd;
}

/// A listening Unix socket that is no file.
UniqueFd listening_unix(const std::string& name) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    BOOST_TEST_REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    BOOST_TEST_REQUIRE(::listen(fd.get(), 1) == 0);
    return fd;
}

UniqueFd pipe_end() {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ::close(ends[1]);
    return UniqueFd(ends[0]);
}

std::vector<InheritedDescriptor> one(UniqueFd fd, std::string name) {
    std::vector<InheritedDescriptor> descriptors;
    descriptors.push_back({std::move(fd), std::move(name)});
    return descriptors;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_name_says_what_is_spoken) {
    const struct {
        const char* name;
        std::optional<Protocol> protocol;
    } rows[] = {
        {"listen", Protocol::http},
        {"getfile", Protocol::getfile},
        {"getfile-legacy", Protocol::getfile_legacy},
        {"listen-tls", std::nullopt},
        {"unknown", Protocol::http},  // what libsystemd says if there is no name
        {"treecast-proxy@demo.socket", Protocol::http},
        {"", Protocol::http},
        {"GETFILE", Protocol::http},
    };
    for (const auto& row : rows)
        BOOST_TEST((protocol_of_socket(row.name) == row.protocol), row.name);
}

BOOST_AUTO_TEST_CASE(a_listening_socket_is_shared_by_all_workers_and_does_not_block) {
    UniqueFd socket = listening();
    const int original = socket.get();
    auto listeners = inherit_listeners(one(std::move(socket), "getfile"), 3, false);

    BOOST_TEST_REQUIRE(listeners.size() == 1U);
    Listener& listener = listeners.front();
    BOOST_TEST((listener.origin() == SocketOrigin::inherited));
    BOOST_TEST((listener.endpoint().protocol == Protocol::getfile));
    BOOST_TEST(listener.endpoint().url().starts_with("getfile://127.0.0.1:"));
    for (unsigned worker = 0; worker < 3; ++worker) {
        const UniqueFd fd = listener.take(worker);
        BOOST_TEST((fd.get() == original) == (worker == 0));
        BOOST_TEST((::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0);
        BOOST_TEST((::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
        BOOST_TEST(::accept(fd.get(), nullptr, nullptr) == -1);
    }
}

BOOST_AUTO_TEST_CASE(a_unix_socket_without_a_file_has_its_name) {
    const std::string name = "treecast-test-" + std::to_string(::getpid());
    const auto listeners = inherit_listeners(one(listening_unix(name), "x"), 1, false);

    BOOST_TEST(listeners.front().endpoint().url() == "unix:@" + name);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_listened_on_is_named) {
    struct Row {
        UniqueFd fd;
        std::string name;
        std::string reason;
    };
    Row rows[] = {
        {listening(), "listen-tls", "TLS"},
        {pipe_end(), "a", "no socket"},
        {bound_socket(SOCK_DGRAM, "127.0.0.1"), "b", "no stream socket"},
        {bound_socket(SOCK_STREAM, "127.0.0.1"), "c", "does not listen"},
        {UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)), "d", "family"},
        {listening("0.0.0.0"), "e\nf", "--allow-anonymous"},
    };
    for (Row& row : rows) {
        const std::string named = std::to_string(row.fd.get()) + " ('" +
                                  (row.name == "e\nf" ? "e\\x0af" : row.name) + "')";
        try {
            static_cast<void>(inherit_listeners(one(std::move(row.fd), row.name), 1, false));
            BOOST_ERROR(named + " was accepted");
        } catch (const StartupError& error) {
            BOOST_TEST((error.code() == ExitCode::configuration));
            const std::string text = error.what();
            BOOST_TEST((text.find(named) != text.npos), text);
            BOOST_TEST((text.find(row.reason) != text.npos), text);
        }
    }
    BOOST_TEST(inherit_listeners(one(listening("0.0.0.0"), "e"), 1, true).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
