#include "test/integration/getfile_connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_connections)

using namespace treecast::test::getfile_connections_cases;

BOOST_FIXTURE_TEST_CASE(a_file_is_sent_in_the_dialect_of_its_listener, Served) {
    BOOST_TEST(getfile(proxy.getfile_server(), "/f") == "GETFILE OK 3\r\n\r\none");
    BOOST_TEST(getfile(proxy.legacy_server(), "/f") == "GETFILE OK 3 one");
}

BOOST_FIXTURE_TEST_CASE(a_missing_file_is_the_clients_mistake, Served) {
    daemon.remove("f");
    daemon.make_directory("d");
    daemon.make_unavailable("private", ipc::UnavailableReason::private_file);
    const std::string name_too_long(256, 'n');
    for (const std::string path :
         {"/missing",
          "/f",
          "/d",
          "/d/",
          "/",
          "//f",
          "/f/",
          "/../f",
          "/./f",
          "/private",
          "/\xFF",
          "/f%20",
          "/f  ",  // a blank of the name, and one that is a habit of clients
          "/a\tb"}) {
        BOOST_TEST(getfile(proxy.getfile_server(), path) == getfile_not_found, path);
        BOOST_TEST(getfile(proxy.legacy_server(), path) == legacy_not_found, path);
    }
    BOOST_TEST(getfile(proxy.getfile_server(), '/' + name_too_long) == getfile_not_found);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_had_is_the_servers_fault, Served) {
    using ipc::UnavailableReason;
    for (const auto reason :
         {UnavailableReason::unreadable,
          UnavailableReason::too_large,
          UnavailableReason::no_memory,
          UnavailableReason::unstable}) {
        daemon.make_unavailable("f", reason);
        BOOST_TEST(getfile(proxy.getfile_server(), "/f") == getfile_error);
        BOOST_TEST(getfile(proxy.legacy_server(), "/f") == legacy_error);
    }
}

BOOST_FIXTURE_TEST_CASE(a_malformed_request_is_said_to_be_or_the_connection_ends, Served) {
    const std::string requests[] = {
        "GET /f HTTP/1.1\r\nHost: h\r\n\r\n",
        "getfile GET /f\r\n\r\n",
        "GETFILE PUT /f\r\n\r\n",
        "GETFILE  GET /f\r\n\r\n",
        "GETFILE GET  /f\r\n\r\n",
        "GETFILE\tGET\t/f\r\n\r\n",
        "GETFILE GET f\r\n\r\n",
        std::string("GETFILE GET /f\0\r\n\r\n", 19),
        "GETFILE GET /f\n\n",
        "GETFILE GET /f\r\nHost: h\r\n\r\n",
        getfile_request('/' + std::string(4096, 'p')),  // one byte more than a path may have
        std::string(100'000, 'x'),
    };
    for (const std::string& request : requests) {
        const std::string what = request.substr(0, 40);
        BOOST_TEST(getfile_exchange(proxy.getfile_server(), request) == getfile_invalid, what);
        BOOST_TEST(getfile_exchange(proxy.legacy_server(), request) == "", what);
    }
}

BOOST_FIXTURE_TEST_CASE(the_longest_path_is_found, Served) {
    std::string path;
    while (path.size() < 4095 - 200)
        path += std::string(199, 'd') + '/';
    path += std::string(4095 - path.size(), 'f');
    daemon.put(path, "deep");

    BOOST_TEST(getfile(proxy.getfile_server(), '/' + path) == getfile_ok("deep"));
    BOOST_TEST(getfile(proxy.legacy_server(), '/' + path) == legacy_ok("deep"));
    BOOST_TEST(
        getfile_exchange(proxy.getfile_server(), "GETFILE GET /" + path + " \r\n\r\n") ==
        getfile_ok("deep")
    );
}

BOOST_FIXTURE_TEST_CASE(a_name_is_raw_bytes_with_blanks_and_percent_signs, Served) {
    for (const std::string name : {"a b", "a  b", " a", "100%", "%41", "a+b", "\xC3\xA4", "a\tb"}) {
        daemon.put(name, name);
        BOOST_TEST(getfile(proxy.getfile_server(), '/' + name) == getfile_ok(name));
    }
    for (const std::string name : {"a ", "a   "}) {
        daemon.put(name, name);
        BOOST_TEST(getfile(proxy.getfile_server(), '/' + name + ' ') == getfile_ok(name));
    }
}

BOOST_AUTO_TEST_SUITE_END()
