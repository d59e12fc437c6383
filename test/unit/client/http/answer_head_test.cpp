#include "client/http/answer_head.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(answer_head)

namespace {

Answer head_of(std::initializer_list<std::string_view> lines) {
    Answer answer;
    for (const auto line : lines)
        add_head_line(answer, line);
    return answer;
}

}  // namespace

BOOST_AUTO_TEST_CASE(fields_are_read_by_their_names) {
    const Answer answer = head_of(
        {"HTTP/1.1 200 OK\r\n",
         "Treecast-Version: 1.2\r\n",
         "TREECAST-SHA256:abc\r\n",
         "etag:  \"x y\" \t\r\n",
         "Last-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n",
         "Retry-After: 7",
         "ETagged: no\r\n",
         "no field\r\n",
         "\r\n"}
    );

    BOOST_TEST(answer.version == "1.2");
    BOOST_TEST(answer.sha256 == "abc");
    BOOST_TEST(answer.etag == "\"x y\"");
    BOOST_TEST(answer.mtime.value() == 1'769'860'800);
    BOOST_TEST(answer.retry_after.value().count() == 7);
}

BOOST_AUTO_TEST_CASE(a_status_line_begins_anew) {
    const Answer answer =
        head_of({"HTTP/1.1 103 x", "ETag: early", "HTTP/2 200", "Treecast-Version: 3.4"});

    BOOST_TEST(answer.etag == "");
    BOOST_TEST(answer.version == "3.4");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left_out) {
    for (const char* const line :
         {"Last-Modified: yesterday",
          "Last-Modified:",
          "Retry-After: -1",
          "Retry-After: 3 s",
          "Retry-After: 99999999999",
          "Retry-After: Sat, 31 Jan 2026 12:00:00 GMT"}) {
        const Answer answer = head_of({line});
        BOOST_TEST(!answer.mtime.has_value(), line);
        BOOST_TEST(!answer.retry_after.has_value(), line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
