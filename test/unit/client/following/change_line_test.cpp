#include "client/following/change_line.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(change_line)

namespace {

const FileUrl url = FileUrl::parse_file("http://h:1/conf/a%0Ab");
const std::chrono::system_clock::time_point noon{std::chrono::milliseconds(1'769'860'800'007)};

FileChange change() {
    return {FileEvent::change, "0000000000000007.12", "ab", 5, 1'769'860'800};
}

}  // namespace

BOOST_AUTO_TEST_CASE(human_line_is_one_line_whatever_the_path) {
    BOOST_TEST(
        human_line(url, change(), noon) ==
        "2026-01-31T12:00:00.007Z change conf/a\\x0ab 0000000000000007.12 5\n"
    );
}

BOOST_AUTO_TEST_CASE(human_line_of_a_deletion_has_no_size) {
    BOOST_TEST(
        human_line(url, {FileEvent::deleted, "0000000000000007.13", {}, 0, {}}, noon) ==
        "2026-01-31T12:00:00.007Z delete conf/a\\x0ab 0000000000000007.13 -\n"
    );
}

BOOST_AUTO_TEST_CASE(json_line_holds_everything) {
    BOOST_TEST(
        json_line(url, change()) ==
        R"({"event":"change","url":"http://h:1/v1/files/conf/a%0Ab","path":"conf/a\nb",)"
        R"("version":"0000000000000007.12","sha256":"ab","size":5,"mtime":"2026-01-31T12:00:00Z"})"
        "\n"
    );
}

BOOST_AUTO_TEST_CASE(json_line_of_a_content_whose_hash_is_not_known_has_null) {
    BOOST_TEST(
        json_line(url, {FileEvent::change, "0000000000000007.12", {}, 5, {}}) ==
        R"({"event":"change","url":"http://h:1/v1/files/conf/a%0Ab","path":"conf/a\nb",)"
        R"("version":"0000000000000007.12","sha256":null,"size":5,"mtime":null})"
        "\n"
    );
}

BOOST_AUTO_TEST_CASE(json_line_without_content_has_nulls) {
    BOOST_TEST(
        json_line(url, {FileEvent::absent, "0000000000000007.12", {}, 0, {}}) ==
        R"({"event":"absent","url":"http://h:1/v1/files/conf/a%0Ab","path":"conf/a\nb",)"
        R"("version":"0000000000000007.12","sha256":null,"size":null,"mtime":null})"
        "\n"
    );
}

BOOST_AUTO_TEST_SUITE_END()
