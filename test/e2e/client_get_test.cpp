// `treecast get` as a program, against a server that can misbehave.
#include "test/support/child_process.hpp"
#include "test/support/programs.hpp"
#include "test/support/run_client.hpp"
#include "test/support/temporary_directory.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <string>

#include <sys/socket.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_get)

namespace {

bool is_empty(const TemporaryDirectory& directory) {
    return std::filesystem::is_empty(directory.path());
}

}  // namespace

BOOST_AUTO_TEST_CASE(content_goes_to_standard_output_or_to_a_file) {
    FakeTree tree;
    std::string content = "line\n";
    content.push_back('\0');
    content += std::string(200'000, 'x');
    tree.put("a/b", content);
    const TemporaryDirectory directory;

    const auto shown = run_client({"get", tree.url("a/b")});
    const auto stored = run_client({"get", tree.url("v1/files/a/b"), "-o", directory / "out"});
    ChildOptions there;
    there.directory = directory.path();
    const auto relative = run_client({"get", "-oout2", tree.url("a/b")}, there);

    BOOST_TEST(shown.code == 0);
    BOOST_TEST((shown.output == content));
    BOOST_TEST(stored.code == 0);
    BOOST_TEST(stored.output == "");
    BOOST_TEST((read_file(directory / "out") == content));
    BOOST_TEST(relative.code == 0);
    BOOST_TEST((read_file(directory / "out2") == content));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_plain_file_is_written_to_and_not_replaced) {
    FakeTree tree;
    tree.put("a", "abc");

    const auto discarded = run_client({"get", tree.url("a"), "-o", "/dev/null"});
    const auto shown = run_client({"get", tree.url("a"), "-o", "-"});

    BOOST_TEST(discarded.code == 0);
    BOOST_TEST(std::filesystem::is_character_file("/dev/null"));
    BOOST_TEST(shown.output == "abc");
}

BOOST_AUTO_TEST_CASE(every_failure_has_its_code_and_one_line_and_leaves_nothing) {
    FakeTree tree;
    const TemporaryDirectory directory;
    const auto get = [&](const std::string& path) {
        return run_client({"get", tree.url(path), "-o", directory / "out"});
    };

    check_one_line(get("missing"), 5, "HTTP 404");

    tree.misbehave_once("HTTP/1.1 503 x\r\nContent-Length: 21\r\n\r\n{\"detail\":\"too busy\"}\n");
    check_one_line(get("a"), 1, "HTTP 503: too busy");

    tree.misbehave_once(file_answer("abc", {1, 2}, 4));
    check_one_line(get("a"), 1, "incomplete");

    auto altered = file_answer("abc", {1, 2}, 3);
    altered.back() = 'x';
    tree.misbehave_once(altered);
    check_one_line(get("a"), 1, "Treecast-SHA256");

    tree.misbehave_once("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    check_one_line(get("a"), 1, "no Treecast server");

    tree.misbehave_once("");
    check_one_line(get("a"), 4, "");

    check_one_line(
        run_client({"get", "http://127.0.0.1:1/a", "-o", directory / "out"}),
        4,
        "127.0.0.1"
    );
    BOOST_TEST(is_empty(directory));
}

BOOST_AUTO_TEST_CASE(an_existing_file_survives_a_failure) {
    FakeTree tree;
    const TemporaryDirectory directory;
    directory.write("out", "old");
    tree.misbehave_once(file_answer("abc", {1, 2}, 4));

    BOOST_TEST(run_client({"get", tree.url("a"), "-o", directory / "out"}).code == 1);

    BOOST_TEST(read_file(directory / "out") == "old");
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_and_leaves_nothing) {
    const FakeTree tree;
    const TemporaryDirectory directory;
    // A server that accepts and never answers: a listening socket that nobody serves.
    const UniqueFd silent = [] {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        BOOST_REQUIRE(::listen(fd.get(), 1) == 0);
        return fd;
    }();
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(silent.get(), reinterpret_cast<sockaddr*>(&address), &length);
    const auto url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/a";
    ChildProcess child(treecast_program, {"get", url, "-o", directory / "out"});
    BOOST_REQUIRE(poll_until([&] {
        return !is_empty(directory);
    }));

    child.signal(SIGINT);

    BOOST_TEST(child.wait().value() == 1);
    BOOST_TEST(is_empty(directory));
}

BOOST_AUTO_TEST_CASE(a_command_line_that_is_not_understood_is_a_usage_error) {
    check_one_line(run_client({}), 2, "command");
    check_one_line(run_client({"frobnicate"}), 2, "frobnicate");
    check_one_line(run_client({"get"}), 2, "URL");
    check_one_line(run_client({"get", "nonsense"}), 2, "nonsense");
    check_one_line(run_client({"get", "http://h/tree/"}), 2, "tree");
    check_one_line(run_client({"get", "http://h/a", "http://h/b"}), 2, "http://h/b");
    check_one_line(run_client({"get", "http://h/a", "--frob"}), 2, "frob");
    check_one_line(run_client({"get", "http://h/a", "-o", "/"}), 2, "directory");
    check_one_line(run_client({"watch"}), 2, "URL");
    check_one_line(run_client({"serve"}), 2, "directory");
}

BOOST_AUTO_TEST_CASE(every_command_explains_itself) {
    BOOST_TEST(run_client({"--help"}).output.find("serve DIR") != std::string::npos);
    BOOST_TEST(run_client({"--version"}).output == "treecast " TREECAST_VERSION "\n");
    for (const auto* const command : {"serve", "get", "ls", "watch", "status", "sync", "clean"}) {
        const auto help = run_client({command, "--help"});
        BOOST_TEST(help.code == 0);
        BOOST_TEST(help.output.find(std::string("treecast ") + command) != std::string::npos);
    }
    const auto serve = run_client({"serve", "--help"}).output;
    for (const auto* const option : {"--memory-limit", "--max-wait", "--listen", "--hidden"})
        BOOST_TEST(serve.find(option) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
