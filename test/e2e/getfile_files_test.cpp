// Files on disk against what GETFILE clients get, with the built programs.
#include "test/support/getfile_client.hpp"
#include "test/support/random_bytes.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_files)

namespace {

const std::vector<std::string> both{"--getfile", "127.0.0.1:0", "--getfile-legacy", "127.0.0.1:0"};

std::vector<std::string> both_and(std::vector<std::string> options) {
    options.insert(options.end(), both.begin(), both.end());
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(files_of_every_size_and_content_are_served_as_they_are) {
    constexpr std::size_t max_file_size = 4 << 20;
    Files files{
        {"crlf", "\r\n\r\n"},
        {"looks like an answer", "GETFILE OK 5\r\n\r\nabcde"},
        {"nul", std::string("a\0b\0\0", 5)},
        {"crlf and nul", std::string(50'000, '\r') + std::string("\r\n\r\n\0", 5)},
    };
    for (const std::size_t size :
         {std::size_t{0},
          std::size_t{1},
          std::size_t{4096},
          std::size_t{32} << 10,
          (std::size_t{32} << 10) + 1,
          std::size_t{1} << 20,
          max_file_size - 1,
          max_file_size})
        files.emplace_back("directory/" + std::to_string(size), random_bytes(size));
    const Serving serving(files, both_and({"--max-file-size", "4M"}));
    const auto crlf = serving.server("getfile://");
    const auto legacy = serving.server("getfile-legacy://");

    for (const auto& [path, content] : files) {
        BOOST_TEST((getfile(crlf, '/' + path) == getfile_ok(content)), path);
        BOOST_TEST((getfile(legacy, '/' + path) == legacy_ok(content)), path);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_served_is_told_by_whose_fault_it_is) {
    const Serving serving(
        Files{{"large", std::string(5000, 'x')}, {".hidden", "h"}, {"private", "p"}, {"d/f", "f"}},
        both_and({"--max-file-size", "4096"})
    );
    BOOST_TEST_REQUIRE(::chmod((serving.tree() / "private").c_str(), 0600) == 0);
    BOOST_TEST_REQUIRE(::mkfifo((serving.tree() / "fifo").c_str(), 0644) == 0);
    serving.sync();
    const auto crlf = serving.server("getfile://");
    const auto legacy = serving.server("getfile-legacy://");

    for (const std::string path : {"/missing", "/.hidden", "/private", "/d", "/fifo", "/../etc"}) {
        BOOST_TEST(getfile(crlf, path) == getfile_not_found, path);
        BOOST_TEST(getfile(legacy, path) == legacy_not_found, path);
    }
    BOOST_TEST(getfile(crlf, "/large") == getfile_error);
    BOOST_TEST(getfile(legacy, "/large") == legacy_error);
    BOOST_TEST(getfile_exchange(crlf, "GETFILE PUT /d/f\r\n\r\n") == getfile_invalid);
    BOOST_TEST(getfile_exchange(legacy, "GETFILE PUT /d/f\r\n\r\n") == "");

    serving.tree().replace("large", "fits");
    serving.sync();
    BOOST_TEST(getfile(crlf, "/large") == getfile_ok("fits"));
}

BOOST_AUTO_TEST_CASE(the_latest_version_is_served) {
    const Serving serving(Files{{"f", "0"}}, both);
    const auto server = serving.server("getfile://");
    for (int i = 1; i <= 5; ++i) {
        BOOST_TEST(getfile(server, "/f") == getfile_ok(std::to_string(i - 1)));
        serving.tree().replace("f", std::to_string(i));
        serving.sync();
        BOOST_TEST(getfile(server, "/f") == getfile_ok(std::to_string(i)));
    }
    ::unlink((serving.tree() / "f").c_str());
    serving.sync();
    BOOST_TEST(getfile(server, "/f") == getfile_not_found);
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_while_it_is_sent_is_sent_whole_as_it_was_begun) {
    const std::string before(8 << 20, 'a');
    const Serving serving(Files{{"f", before}}, both);
    HttpServer slow = serving.server("getfile://");
    slow.receive_buffer_bytes = 4096;
    HttpConnection connection(slow);
    connection.send_bytes(getfile_request("/f"));
    std::string answer = connection.receive_bytes();

    serving.tree().replace("f", "new");
    serving.sync();
    BOOST_TEST(getfile(serving.server("getfile://"), "/f") == getfile_ok("new"));
    serving.tree().write("f", "newer, written in place");
    serving.sync();

    answer += receive_rest(connection);
    BOOST_TEST((answer == getfile_ok(before)));
}

BOOST_AUTO_TEST_CASE(every_kind_of_address_can_be_listened_on_several_times) {
    const TemporaryDirectory sockets;
    const std::string file = sockets / "getfile.sock";
    Serving serving(
        Files{{"f", "one"}},
        {"--getfile=127.0.0.1:0",
         "--getfile=[::1]:0",
         "--getfile=unix:" + file,
         "--getfile-legacy=[::1]:0",
         "--getfile-legacy=127.0.0.1:0",
         "--workers=2"}
    );
    const std::string printed = serving.process().standard_output();

    // The one line with the HTTP address, then one for each of the others.
    BOOST_TEST(printed.starts_with("serving " + serving.tree().path() + " on http://127.0.0.1:"));
    std::vector<std::string> others;
    for (auto at = printed.find('\n') + 1; at < printed.size();) {
        const auto end = printed.find('\n', at);
        others.push_back(printed.substr(at, end - at));
        at = end + 1;
    }
    BOOST_TEST_REQUIRE(others.size() == 5U);
    for (const auto& [index, scheme] :
         {std::pair{0, "getfile://"},
          {1, "getfile://"},
          {3, "getfile-legacy://"},
          {4, "getfile-legacy://"}}) {
        const auto& line = others[static_cast<std::size_t>(index)];
        BOOST_TEST(line.starts_with("also on " + std::string(scheme)), line);
        const auto expected = index < 2 ? getfile_ok("one") : legacy_ok("one");
        for (int i = 0; i < 8; ++i)  // some for either worker
            BOOST_TEST(getfile(server_in(line, scheme), "/f") == expected);
    }
    BOOST_TEST(others[2] == "also on getfile+unix:" + file);
    HttpServer unix_server;
    unix_server.unix_path = file;
    BOOST_TEST(getfile(unix_server, "/f") == getfile_ok("one"));
}

BOOST_AUTO_TEST_CASE(addresses_are_checked_as_those_of_http_are) {
    const TemporaryDirectory tree;
    const InstanceGuard instance;
    const Serving other(Files{}, {"--getfile=127.0.0.1:0"});
    const auto taken = "127.0.0.1:" + std::to_string(other.server("getfile://").port);
    const struct {
        std::string argument;
        int code;
        std::string part;
    } rows[] = {
        {"--getfile=0.0.0.0:0", 3, "--allow-anonymous"},
        {"--getfile-legacy=[::]:0", 3, "--allow-anonymous"},
        {"--getfile=example.org:6200", 2, "--getfile: 'example.org:6200'"},
        {"--getfile-legacy=6200", 2, "--getfile-legacy: '6200'"},
        {"--getfile=" + taken, 3, "--getfile: cannot listen on " + taken},
        {"--getfile-legacy=" + taken, 3, "--getfile-legacy: cannot listen on " + taken},
    };
    for (const auto& row : rows) {
        ChildProcess serve(
            treecast_program,
            {"serve",
             tree.path(),
             "--listen=127.0.0.1:0",
             "--instance",
             instance.name(),
             row.argument}
        );
        BOOST_TEST((serve.wait() == row.code), row.argument);
        BOOST_TEST(
            (serve.standard_error().find(row.part) != std::string::npos),
            row.argument << ": " << serve.standard_error()
        );
    }
    ChildProcess allowed(
        treecast_program,
        {"serve",
         tree.path(),
         "--listen=127.0.0.1:0",
         "--instance",
         instance.name(),
         "--getfile=0.0.0.0:0",
         "--allow-anonymous"}
    );
    BOOST_TEST(allowed.wait_for_output("also on getfile://0.0.0.0:"));
    BOOST_TEST((allowed.terminate() == 0));
}

BOOST_AUTO_TEST_CASE(the_configuration_file_opens_listeners_too) {
    const TemporaryDirectory directory;
    directory.write("conf", "getfile = 127.0.0.1:0\ngetfile-legacy = 127.0.0.1:0\n");
    const Serving serving(Files{{"f", "one"}}, {"--config", directory / "conf"});

    BOOST_TEST(getfile(serving.server("getfile://"), "/f") == getfile_ok("one"));
    BOOST_TEST(getfile(serving.server("getfile-legacy://"), "/f") == legacy_ok("one"));
}

BOOST_AUTO_TEST_SUITE_END()
