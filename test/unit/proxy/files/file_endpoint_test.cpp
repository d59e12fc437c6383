// What of a request's conditions counts.
#include "proxy/files/file_endpoint.hpp"

#include "base/sha256.hpp"
#include "proxy/http/entity_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(file_endpoint)

/// A list without a tag is a condition all the same: nothing matches it.
BOOST_AUTO_TEST_CASE(a_condition_that_is_given_and_empty_is_given) {
    constexpr const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
    struct {
        std::string fields;
        bool if_match;
        bool unmodified_since;
        bool if_none_match;
        bool modified_since;
    } const cases[] = {
        {"", false, false, false, false},
        {"If-Match: \r\n", true, false, false, false},
        {"If-Match:\r\n", true, false, false, false},
        {"If-Match: ,\r\n", true, false, false, false},
        {"If-Match:\r\nIf-Match:\r\n", true, false, false, false},
        {"If-Match:\r\nIf-Unmodified-Since: " + std::string(date) + "\r\n",
         true,
         false,
         false,
         false},
        {"If-Unmodified-Since: " + std::string(date) + "\r\n", false, true, false, false},
        {"If-Unmodified-Since:\r\n", false, false, false, false},
        {"If-None-Match:\r\nIf-Modified-Since: " + std::string(date) + "\r\n",
         false,
         false,
         true,
         false},
        {"If-Modified-Since: " + std::string(date) + "\r\n", false, false, false, true},
        {"If-Modified-Since:\r\n", false, false, false, false},
    };
    const Sha256 hash = sha256_of("content");
    for (const auto& each : cases) {
        const std::string head = "GET /a HTTP/1.1\r\nHost: h\r\n" + each.fields + "\r\n";
        Request request;
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, head);
        const FileRequest file = make_file_request(request, {}, 0ms);
        const PollQuestion question = file.question(false, false, 0);
        BOOST_TEST((question.if_match != nullptr) == each.if_match, head);
        BOOST_TEST(question.unmodified_since.has_value() == each.unmodified_since, head);
        BOOST_TEST((question.tags != nullptr) == each.if_none_match, head);
        BOOST_TEST(question.modified_since.has_value() == each.modified_since, head);
        for (const TagList* const tags : {question.if_match, question.tags})
            BOOST_TEST((tags == nullptr || !tags->matches(hash)), head);
    }
}

BOOST_AUTO_TEST_CASE(a_tag_beside_an_empty_line_of_the_list_counts) {
    const Sha256 hash = sha256_of("content");
    const std::string tag = entity_tag(hash);
    for (const std::string& lines :
         {"If-Match:\r\nIf-Match: " + tag + "\r\n", "If-Match: " + tag + "\r\nIf-Match:\r\n"}) {
        const std::string head = "GET /a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
        Request request;
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, head);
        const FileRequest file = make_file_request(request, {}, 0ms);
        BOOST_TEST_REQUIRE((file.rare && file.rare->if_match), head);
        BOOST_TEST(file.rare->if_match->matches(hash), head);
    }
}

/// Ranges are of the identity.
BOOST_AUTO_TEST_CASE(codings_are_accepted_without_a_range) {
    struct {
        const char* line;
        std::string fields;
        Coding coding;
        bool matches;  // If-Match, by the tag of a coding
    } const cases[] = {
        {"GET", "", Coding::identity, true},
        {"GET", "Accept-Encoding: gzip\r\n", Coding::gzip, true},
        {"GET", "Accept-Encoding: br\r\nAccept-Encoding: gzip, zstd\r\n", Coding::zstd, true},
        {"GET", "Accept-Encoding: gzip\r\nRange: bytes=0-1\r\n", Coding::identity, false},
        {"HEAD", "Accept-Encoding: gzip\r\nRange: bytes=0-1\r\n", Coding::gzip, true},
    };
    const Sha256 hash = sha256_of("content");
    for (const auto& each : cases) {
        const std::string head = std::string(each.line) + " /a HTTP/1.1\r\nHost: h\r\nIf-Match: " +
                                 entity_tag(hash, Coding::zstd) + "\r\n" + each.fields + "\r\n";
        Request request;
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, head);
        const FileRequest file = make_file_request(request, {}, 0ms);
        BOOST_TEST((file.codings.first == each.coding), head);
        BOOST_TEST(file.rare->if_match->matches(hash) == each.matches, head);
    }
}

BOOST_AUTO_TEST_SUITE_END()
