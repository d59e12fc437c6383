#include "proxy/http/request.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(request)

BOOST_AUTO_TEST_CASE(a_head_ends_at_its_empty_line) {
    BOOST_TEST(head_length("") == 0u);
    BOOST_TEST(head_length("GET / HTTP/1.1\r\nHost: a\r\n") == 0u);
    BOOST_TEST(head_length("GET / HTTP/1.1\r\nHost: a\r\n\r") == 0u);
    BOOST_TEST(head_length("GET / HTTP/1.1\r\n\r\nGET") == 18u);
    BOOST_TEST(head_length("GET / HTTP/1.1\n\nGET") == 16u);
}

BOOST_AUTO_TEST_CASE(the_fields_that_matter_are_found_in_any_case) {
    const std::string head =
        "GET /v1/files/a?wait=1 HTTP/1.1\r\nHOST: h\r\nif-none-match:  \"a\" \r\nRange: "
        "bytes=0-\r\n"
        "If-Range: \"r\"\r\nIf-Modified-Since: then\r\nPrefer: wait=1\r\nX: y\r\n"
        "last-event-id: 7\r\nLast-Event-ID: 8\r\n\r\n";
    Request request;

    BOOST_TEST(decode_request(head, request) == 0u);

    BOOST_TEST((request.method == Method::get));
    BOOST_TEST(request.target == "/v1/files/a?wait=1");
    BOOST_TEST((request.if_none_match == "\"a\""));
    BOOST_TEST(request.range == "bytes=0-");
    BOOST_TEST((request.if_range == "\"r\""));
    BOOST_TEST(request.if_modified_since == "then");
    BOOST_TEST(request.prefer == "wait=1");
    BOOST_TEST(request.last_event_id == "7");
    BOOST_TEST(request.keep_alive);
}

BOOST_AUTO_TEST_CASE(repeated_list_fields_are_one_list) {
    Request request;

    BOOST_TEST(
        decode_request(
            "HEAD / HTTP/1.1\r\nHost: h\r\nPrefer: a\r\nIf-None-Match: \"1\"\r\nPrefer: wait=1\r\n"
            "If-None-Match: \"2\"\r\nIf-None-Match: \"3\"\r\n\r\n",
            request
        ) == 0u
    );

    BOOST_TEST((request.method == Method::head));
    BOOST_TEST(request.prefer == "a, wait=1");
    BOOST_TEST((request.if_none_match == "\"1\", \"2\", \"3\""));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_of_ours_is_refused_with_a_status) {
    struct {
        std::string head;
        unsigned status;
    } const cases[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 0},
        {"GET / HTTP/1.0\r\n\r\n", 0},
        {"DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 0},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nRange: bytes=0-\r\nRange: bytes=1-\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nPrefer: a\r\n b\r\n\r\n", 400},
        {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: h\n\n", 400},
        {"nonsense\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHo st: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/1.2\r\n\r\n", 400},
        {"GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400},
    };
    for (const auto& each : cases) {
        Request request;
        BOOST_TEST(decode_request(each.head, request) == each.status, each.head);
    }
}

/// RFC 9110, 2.5: it is a minor version that a server of 1.1 can answer.
BOOST_AUTO_TEST_CASE(a_higher_minor_version_is_read_as_1_1) {
    for (const std::string version : {"HTTP/1.2", "HTTP/1.9"}) {
        Request request;
        const std::string head =
            "GET /v1/files/a " + version +
            "\r\nHost: h\r\nIf-None-Match: \"1\"\r\nIf-None-Match: \"2\"\r\n\r\n";
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, version);
        BOOST_TEST((request.method == Method::get));
        BOOST_TEST(request.target == "/v1/files/a");
        BOOST_TEST((request.if_none_match == "\"1\", \"2\""));
        BOOST_TEST(request.keep_alive);
        BOOST_TEST(!request.http_1_0);
    }
}

BOOST_AUTO_TEST_CASE(a_body_of_any_length_is_seen_and_ends_the_connection) {
    struct {
        const char* fields;
        bool has_body;
    } const cases[] = {
        {"", false},
        {"Content-Length: 0\r\n", false},
        {"Content-Length: 1\r\n", true},
        {"Content-Length: 1000000000000\r\n", true},
        {"Content-Length: 5\r\nExpect: 100-continue\r\n", true},
        {"Transfer-Encoding: chunked\r\n", true},
    };
    for (const auto& each : cases)
        for (const std::string method : {"GET", "POST", "PUT", "NEW"}) {
            Request request;
            const std::string head = method + " / HTTP/1.1\r\nHost: h\r\n" + each.fields + "\r\n";
            BOOST_TEST(decode_request(head, request) == 0u, head);
            BOOST_TEST(request.has_body == each.has_body, head);
            BOOST_TEST(request.keeps_connection() == !each.has_body, head);
        }
}

BOOST_AUTO_TEST_CASE(connections_are_kept_as_the_version_says) {
    struct {
        std::string head;
        bool keep_alive;
    } const cases[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (const auto& each : cases) {
        Request request;
        BOOST_TEST_REQUIRE(decode_request(each.head, request) == 0u, each.head);
        BOOST_TEST(request.keep_alive == each.keep_alive, each.head);
    }
}

BOOST_AUTO_TEST_CASE(bytes_of_other_protocols_cannot_become_a_request) {
    const std::string head = "PROPFIND /v1/files/\xC3\xA4?a=b HTTP/1.1\r\nHost: h\r\nX: \x01\r\n";
    for (std::size_t bytes = 1; bytes <= head.size(); ++bytes)
        BOOST_TEST(may_become_request(head.substr(0, bytes)), bytes);
    BOOST_TEST(may_become_request("GET / HTTP/3.0\r\n"));  // 505 in the end
    const std::string others[] = {
        "\x16",
        "\x16\x03\x01",
        std::string(1, '\0'),
        "\x80",
        " ",
        "\t",
        "GET\t",
        "GET\r\n",
        "(GET ",
        "GET /\x7F",
        "GET /\r ",
        "GET /\r\n",
        "GET / \r\n",
        "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \n",
        "GET / ICY/1.0\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
    };
    for (const std::string& bytes : others)
        BOOST_TEST(!may_become_request(bytes), bytes);
}

BOOST_AUTO_TEST_SUITE_END()
