// `treecast get getfile://...` as a program: against the real server, and against one that
// misbehaves.
#include "test/support/getfile_client.hpp"
#include "test/support/run_client.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_getfile)

namespace {

bool is_empty(const TemporaryDirectory& directory) {
    return std::filesystem::is_empty(directory.path());
}

/// A server for one connection: takes the request, writes the pieces, each in a segment of its
/// own, and ends the connection, or keeps it until it is destroyed.
class OneAnswer {
public:
    enum class Then { close, keep };
    explicit OneAnswer(std::vector<std::string> pieces, Then then = Then::close)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        BOOST_TEST_REQUIRE(::listen(listener_.get(), 1) == 0);
        sockaddr_in address{};
        socklen_t length = sizeof address;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, pieces = std::move(pieces), then] {
            serve(pieces, then);
        });
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        ::shutdown(listener_.get(), SHUT_RDWR);  // if nobody came
        thread_.join();
    }

    std::string url(const std::string& scheme) const {
        return scheme + "127.0.0.1:" + std::to_string(port_) + "/a%20b";
    }
    /// Once it has answered.
    const std::string& request() {
        thread_.join();
        thread_ = std::thread([] {});
        return request_;
    }

private:
    void serve(const std::vector<std::string>& pieces, Then then) {
        connection_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection_)
            return;
        char bytes[1024];
        while (!request_.ends_with("\r\n\r\n")) {
            const auto n = ::recv(connection_.get(), bytes, sizeof bytes, 0);
            if (n <= 0)
                return;
            request_.append(bytes, static_cast<std::size_t>(n));
        }
        for (const auto& piece : pieces) {
            ::send(connection_.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));  // likely a segment each
        }
        if (then == Then::close)
            connection_.reset();
    }

    UniqueFd listener_;
    UniqueFd connection_;
    std::uint16_t port_ = 0;
    std::string request_;
    std::thread thread_;
};

std::vector<std::string> bytes_of(const std::string& text) {
    std::vector<std::string> pieces;
    for (const char byte : text)
        pieces.emplace_back(1, byte);
    return pieces;
}

}  // namespace

BOOST_AUTO_TEST_CASE(files_of_the_real_server_come_whole_in_either_dialect) {
    const Files files{
        {"empty", ""},
        {"one", "1"},
        {"a b/100%", std::string("\r\n\r\n\0GETFILE", 12)},
        {"large", std::string(3 << 20, 'l') + "end"}};
    const Serving serving(files, {"--getfile=127.0.0.1:0", "--getfile-legacy=[::1]:0"});
    const TemporaryDirectory directory;
    const std::string urls[] = {
        "getfile://localhost:" + std::to_string(serving.server("getfile://").port) + '/',
        "getfile-legacy://[::1]:" + std::to_string(serving.server("getfile-legacy://").port) + '/'};
    for (const std::string& url : urls) {
        for (const auto& [path, content] : files) {
            const auto encoded = path == "a b/100%" ? "a%20b/100%25" : path;
            const auto stored = run_client({"get", url + encoded, "-o", directory / "out"});
            BOOST_TEST(stored.code == 0, stored.error);
            BOOST_TEST((read_file(directory / "out") == content), path);
        }
        BOOST_TEST(run_client({"get", url + "one"}).output == "1");
        check_one_line(run_client({"get", url + "missing"}), 5, "FILE_NOT_FOUND");
    }
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_in_any_pieces) {
    const std::string body("a\r\n\r\n\0b", 7);
    const struct {
        std::string scheme;
        std::string answer;
    } rows[] = {
        {"getfile://", getfile_ok(body)},
        {"getfile-legacy://", legacy_ok(body)},
        {"getfile://", getfile_ok("")},
        {"getfile-legacy://", legacy_ok("")},
    };
    for (const auto& [scheme, answer] : rows) {
        const std::string expected = answer.ends_with('b') ? body : "";
        for (const auto& pieces :
             {bytes_of(answer),
              std::vector{answer},  // header and body in one segment
              std::vector{answer.substr(0, 9), answer.substr(9)},
              std::vector{answer.substr(0, 13), answer.substr(13)}}) {
            OneAnswer server(pieces);
            const auto got = run_client({"get", server.url(scheme)});
            BOOST_TEST(got.code == 0, got.error);
            BOOST_TEST(got.output == expected);
            BOOST_TEST(server.request() == "GETFILE GET /a b\r\n\r\n");
        }
        // A server that never closes is not waited for, and what follows the body is not its.
        OneAnswer keeps({answer, "more"}, OneAnswer::Then::keep);
        BOOST_TEST(run_client({"get", keeps.url(scheme)}).output == expected);
    }
}

BOOST_AUTO_TEST_CASE(every_failure_has_its_code_and_one_line_and_leaves_no_file) {
    const TemporaryDirectory directory;
    const auto get = [&](const std::string& scheme, const std::string& answer) {
        const OneAnswer server({answer});
        return run_client({"get", server.url(scheme), "-o", directory / "out"});
    };
    const struct {
        std::string scheme;
        std::string answer;
        int code;
        std::string part;
    } rows[] = {
        {"getfile://", std::string(getfile_not_found), 5, "FILE_NOT_FOUND"},
        {"getfile://", std::string(getfile_error), 1, "ERROR"},
        {"getfile://", std::string(getfile_invalid), 1, "INVALID"},
        {"getfile-legacy://", std::string(legacy_not_found), 5, "FILE_NOT_FOUND"},
        {"getfile-legacy://", std::string(legacy_error), 1, "ERROR"},
        {"getfile://", "GETFILE OK 5\r\n\r\nabcd", 1, "after 4 of 5 bytes"},
        {"getfile-legacy://", "GETFILE OK 5 abcd", 1, "after 4 of 5 bytes"},
        {"getfile://", "GETFILE OK 1\r\n\r\n", 1, "after 0 of 1 bytes"},
        {"getfile://", "GETFILE OK 18446744073709551615\r\n\r\nabcd", 1, "incomplete"},
        {"getfile-legacy://", "GETFILE OK 4294967297 a", 1, "after 1 of 4294967297 bytes"},
        {"getfile://", "GETFILE OK 5", 1, "before there was an answer"},
        {"getfile-legacy://", "GETFILE OK 5", 1, "before there was an answer"},
        {"getfile://", "", 1, "before there was an answer"},
        {"getfile-legacy://", "", 1, "before there was an answer"},
        {"getfile://", "GETFILE OK 18446744073709551616\r\n\r\n", 1, "not one of this dialect"},
        {"getfile://", "GETFILE OK 3 abc", 1, "not one of this dialect"},
        {"getfile-legacy://", "GETFILE OK 3\r\n\r\nabc", 1, "not one of this dialect"},
        {"getfile://", "HTTP/1.1 400 x\r\n\r\n", 1, "not one of this dialect"},
    };
    for (const auto& row : rows) {
        check_one_line(get(row.scheme, row.answer), row.code, row.part);
        BOOST_TEST(is_empty(directory), row.answer);
    }
    directory.write("out", "old");
    BOOST_TEST(get("getfile://", "GETFILE OK 5\r\n\r\nabcd").code == 1);
    BOOST_TEST(read_file(directory / "out") == "old");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_unreachable) {
    check_one_line(run_client({"get", "getfile://127.0.0.1:1/a"}), 4, "127.0.0.1");
    check_one_line(run_client({"get", "getfile-legacy://[::1]:1/a"}), 4, "::1");
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_and_leaves_nothing) {
    for (const auto& pieces : {std::vector<std::string>{}, {"GETFILE OK 5\r\n\r\nabcd"}}) {
        const TemporaryDirectory directory;
        const OneAnswer silent(pieces, OneAnswer::Then::keep);
        ChildProcess child(
            treecast_program,
            {"get", silent.url("getfile://"), "-o", directory / "out"}
        );
        BOOST_REQUIRE(poll_until([&] {
            return !is_empty(directory);
        }));

        child.signal(SIGINT);

        BOOST_TEST(child.wait().value() == 1);
        BOOST_TEST(is_empty(directory));
    }
}

BOOST_AUTO_TEST_CASE(a_url_that_names_no_file_is_a_usage_error) {
    check_one_line(run_client({"get", "getfile://h/"}), 2, "getfile://h/");
    check_one_line(run_client({"get", "getfile-legacy://h:0/a"}), 2, "port");
    check_one_line(run_client({"watch", "getfile://h/a"}), 2, "getfile://h/a");
}

BOOST_AUTO_TEST_SUITE_END()
