#include "proxy/feed/feed_answer.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(feed_answer)

namespace {

constexpr AnswerContext context{.caching = Caching::news, .now = 1'000'000'000};

std::string bytes_of(const Response& response) {
    BOOST_TEST(!response.first.content);
    std::string bytes = *response.first.head;
    if (response.more)
        for (const Part& part : *response.more) {
            BOOST_TEST(!part.content);
            bytes += *part.head;
        }
    return bytes;
}

std::string head_of(const std::string& bytes) {
    return bytes.substr(0, bytes.find("\r\n\r\n") + 4);
}

std::string body_of(const std::string& bytes) {
    return bytes.substr(head_of(bytes).size());
}

std::shared_ptr<const std::string> list_of(std::size_t bytes) {
    return std::make_shared<const std::string>('"' + std::string(bytes - 2, 'x') + '"');
}

}  // namespace

BOOST_AUTO_TEST_CASE(its_members_are_as_the_answer_says) {
    const Version version{255, 12};
    const auto list = std::make_shared<const std::string>(R"({"path":"a"})");
    struct {
        FeedAnswer answer;
        std::string body;
    } const cases[] = {
        {{.instance = "main", .cursor = {version, {}}},
         R"({"instance":"main","cursor":"00000000000000ff.12","reset":false,"same":false,)"
         R"("more":false,"changes":[]})"},
        {{.instance = "i",
          .cursor = {version, SnapshotPlace{3, 4}},
          .reset = true,
          .changes = list},
         R"({"instance":"i","cursor":"00000000000000ff.12.3-4","reset":true,"same":false,)"
         R"("more":false,"changes":[{"path":"a"}]})"},
        {{.instance = "i", .cursor = {version, {}}, .same = true},
         R"({"instance":"i","cursor":"00000000000000ff.12","reset":false,"same":true,)"
         R"("more":false,"changes":[]})"},
        {{.instance = "i", .cursor = {version, {}}, .more = true},
         R"({"instance":"i","cursor":"00000000000000ff.12","reset":false,"same":false,)"
         R"("more":true,"changes":[]})"},
    };
    for (const auto& each : cases) {
        const Response response = feed_response(each.answer, context, false);
        const std::string bytes = bytes_of(response);
        BOOST_TEST(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
        BOOST_TEST(bytes.find("\r\nContent-Type: application/json\r\n") != bytes.npos);
        BOOST_TEST(bytes.find("\r\nCache-Control: public, max-age=5\r\n") != bytes.npos);
        BOOST_TEST(body_of(bytes) == each.body + '\n');
        BOOST_TEST(!response.close);
    }
}

BOOST_AUTO_TEST_CASE(its_length_is_that_of_its_bytes_also_for_head) {
    for (const std::size_t list : {0U, 2U, 16383U, 16384U, 16385U, 1'000'000U}) {
        FeedAnswer answer{.instance = "i", .cursor = {{1, 2}, {}}};
        if (list != 0)
            answer.changes = list_of(list);

        const std::string bytes = bytes_of(feed_response(answer, context, false));
        const std::string without_body = bytes_of(feed_response(answer, context, true));

        BOOST_TEST_CONTEXT("a list of " << list << " bytes") {
            const std::string body = body_of(bytes);
            const std::string field = "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
            BOOST_TEST((head_of(bytes).find(field) != bytes.npos));
            BOOST_TEST(without_body == head_of(bytes));
            const auto parsed = boost::json::parse(body);
            BOOST_TEST(parsed.at("changes").as_array().size() == (list == 0 ? 0u : 1u));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_list_is_shared_and_a_short_one_leaves_with_its_head) {
    struct {
        std::size_t bytes;
        bool is_shared;
    } const cases[] = {{2, false}, {16384, false}, {16385, true}, {1'000'000, true}};
    for (const auto& each : cases) {
        const FeedAnswer answer{
            .instance = "i",
            .cursor = {{1, 2}, {}},
            .changes = list_of(each.bytes)};

        const Response response = feed_response(answer, context, false);

        BOOST_TEST_REQUIRE((response.more != nullptr) == each.is_shared);
        if (each.is_shared) {
            BOOST_TEST((response.more->front().head == answer.changes));
            BOOST_TEST(response.more->size() == 2u);
        }
        BOOST_TEST(!feed_response(answer, context, true).more);
    }
}

BOOST_AUTO_TEST_CASE(it_ends_a_connection_that_is_not_kept) {
    AnswerContext last = context;
    last.persistence = Persistence::close;
    for (const std::size_t list : {2U, 1'000'000U}) {
        const FeedAnswer answer{.instance = "i", .cursor = {}, .changes = list_of(list)};
        BOOST_TEST(feed_response(answer, last, false).close);
        BOOST_TEST(feed_response(answer, last, true).close);
        BOOST_TEST(!feed_response(answer, context, false).close);
    }
}

BOOST_AUTO_TEST_SUITE_END()
