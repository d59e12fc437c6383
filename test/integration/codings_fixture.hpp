// What the tests of codings share: real workers and sockets, and a maker that can be kept busy.
#pragma once

#include "test/integration/published_to_subscriber_fixture.hpp"
#include "test/support/decode_content.hpp"
#include "test/support/random_bytes.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace treecast::test::coding_cases {

using namespace treecast;
using namespace treecast::test;
using namespace treecast::test::published_to_subscriber_cases;

inline std::string lines(std::size_t bytes, int seed = 0) {
    std::string text;
    for (int i = seed; text.size() < bytes; ++i)
        text += "{\"number\":" + std::to_string(i % 10007 * 7919 % 10007) + "},\n";
    text.resize(bytes);
    return text;
}

inline std::string coded_tag(std::string_view content, std::string_view coding) {
    std::string tag = entity_tag(content);
    tag.insert(tag.size() - 1, "-" + std::string(coding));
    return tag;
}

inline HttpHeaders takes(const char* codings) {
    return {{"Accept-Encoding", codings}};
}

/// "" for the identity.
inline std::string coding_of(const HttpResponse& response) {
    return response.header("Content-Encoding");
}

/// Decodes to `content`, and has the fields of its coding.
inline void
check_coded(const HttpResponse& response, const std::string& content, const std::string& coding) {
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(coding_of(response) == coding);
    BOOST_TEST(
        response.header("ETag") ==
        (coding.empty() ? entity_tag(content) : coded_tag(content, coding))
    );
    BOOST_TEST(response.header("Treecast-SHA256") == to_hex(sha256_of(content)));
    BOOST_TEST(response.header("Accept-Ranges") == (coding.empty() ? "bytes" : "none"));
    BOOST_TEST(response.header("Vary") == "Accept-Encoding");
    BOOST_TEST((decode_content(coding, response.body) == content));
    if (!coding.empty())
        BOOST_TEST(response.body.size() < content.size());
}

inline std::int64_t status_number(const ProxyInProcess& proxy, std::string_view name) {
    const auto answer = http_get(proxy.server(), "/v1/status");
    return boost::json::parse(answer.body).as_object().at(name).to_number<std::int64_t>();
}

}  // namespace treecast::test::coding_cases
