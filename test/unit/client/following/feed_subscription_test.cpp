// Against a server that can misbehave, on loopback.
#include "client/following/feed_subscription.hpp"

#include "test/unit/client/fake_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::client;
using namespace treecast::test;
using Clock = std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(feed_subscription)

namespace {

/// Sends the request that is due, whenever that is, which gets `answer`. Returns what follows.
FeedAction exchange(FakeTree& tree, FeedSubscription& feed, const std::string& answer) {
    tree.misbehave_once("HTTP/1.1 200 OK\r\n\r\n" + answer);
    TransferEngine http;
    feed.poll(http, 1, *feed.due());
    BOOST_TEST(!feed.due().has_value());
    const auto completed = http.wait(patience);
    BOOST_TEST_REQUIRE(completed.size() == 1U);
    return feed.complete(completed.front().answer, 0.5, Clock::now());
}

std::string request_line(const FakeTree& tree) {
    const auto request = tree.requests().back();
    return request.substr(0, request.find('\r'));
}

const std::string first_state =
    R"({"instance":"x","cursor":"0000000000000007.1","reset":true,"same":false,"more":false,)"
    R"("changes":[]})";

}  // namespace

BOOST_AUTO_TEST_CASE(the_cursor_follows_the_query_of_the_url) {
    for (const auto* const query : {"", "?prefix=d/"}) {
        FakeTree tree;
        const std::string path = std::string("/v1/changes") + query;
        FeedSubscription feed(tree.url(path.substr(1)), std::chrono::seconds(30));

        BOOST_TEST(exchange(tree, feed, first_state).answer.has_value());
        BOOST_TEST(request_line(tree) == "GET " + path + " HTTP/1.1");
        static_cast<void>(exchange(tree, feed, first_state));
        const char join = path.find('?') == path.npos ? '?' : '&';
        BOOST_TEST(
            request_line(tree) == "GET " + path + join + "after=0000000000000007.1&wait=30 HTTP/1.1"
        );
    }
}

BOOST_AUTO_TEST_CASE(a_revision_that_fits_no_answer_is_followed_by_the_present_state) {
    FakeTree tree;
    FeedSubscription feed(tree.url("v1/changes"), std::chrono::seconds(30));
    static_cast<void>(exchange(tree, feed, first_state));

    const auto action =
        exchange(tree, feed, std::string(FeedSubscription::answer_bytes_max + 1, ' '));
    BOOST_TEST(!action.answer.has_value());
    BOOST_TEST(action.trouble.find("longer than") != std::string::npos);
    BOOST_TEST((action.pause > std::chrono::milliseconds(0)));
    static_cast<void>(exchange(tree, feed, first_state));

    BOOST_TEST(request_line(tree) == "GET /v1/changes HTTP/1.1");
}

BOOST_AUTO_TEST_SUITE_END()
