// The query of /v1/events. feed_query_test.cpp has what it shares with /v1/changes.
#include "proxy/feed/feed_query.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(event_query)

BOOST_AUTO_TEST_CASE(interest_and_cursors_are_taken_in_any_order) {
    EventQuery query;
    BOOST_TEST(!parse_event_query(
        "path=a&last_event_id=00000000000000ff.13&glob=*.x&_=1&after=00000000000000ff.12.3-4"
        "&prefix=c%2F&path=b",
        query
    ));
    BOOST_TEST(query.interest.paths.size() == 2u);
    BOOST_TEST(query.interest.prefixes.size() == 1u);
    BOOST_TEST(query.interest.globs.size() == 1u);
    BOOST_TEST((query.after == FeedCursor{{255, 12}, SnapshotPlace{3, 4}}));
    BOOST_TEST((query.last_event_id == FeedCursor{{255, 13}, {}}));
}

BOOST_AUTO_TEST_CASE(an_empty_id_is_none) {
    EventQuery query;
    BOOST_TEST(!parse_event_query("last_event_id=", query));
    BOOST_TEST(!query.last_event_id.has_value());
}

BOOST_AUTO_TEST_CASE(any_other_parameter_is_refused_by_name) {
    struct {
        std::string text;
        std::string parameter;
    } const cases[] = {
        {"after=", "after"},
        {"after=1", "after"},
        {"last_event_id=1", "last_event_id"},
        {"after=00000000000000ff.1&after=00000000000000ff.1", "after"},
        {"wait=3", "wait"},
        {"limit=3", "limit"},
        {"state=3", "state"},
        {"lastEventId=00000000000000ff.1", "lastEventId"},
        {"path=", "path"},
        {"glob=[", "glob"},
    };
    for (const auto& each : cases) {
        EventQuery query;
        const auto refusal = parse_event_query(each.text, query);
        BOOST_TEST_REQUIRE(refusal.has_value(), each.text);
        BOOST_TEST(refusal->parameter == each.parameter);
    }
}

BOOST_AUTO_TEST_SUITE_END()
