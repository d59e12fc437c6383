// The present state while publications are under way, and what follows it.
#include "proxy/feed/feed_service.hpp"
#include "test/unit/proxy/feed/feed_service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using namespace std::chrono_literals;
using ipc::CatalogPublication;

BOOST_AUTO_TEST_SUITE(feed_service_snapshots)

namespace {

using Claim = CatalogPublication::Claim;

struct Fixture : FeedServiceFixture {
    /// Begins a publication of x and y, of which x is stored.
    void begin_publication(Claim claim) {
        publish({{"x"}, {"y"}, {"z"}});
        catch_up();
        publication.emplace(writer, 0, claim);
        announce(writer, *publication, {"x"});
    }
    void complete_publication() {
        announce(writer, *publication, {"y"});
        publication->commit();
        publication.reset();
        catch_up();
    }
    /// Reads the present state to its last page, and returns that.
    boost::json::object read_snapshot() {
        ask_for_snapshot();
        boost::json::object page = wait_for_answer();
        while (parse_feed_cursor(cursor_of(page))->is_within_snapshot())
            page = follow(page);
        return page;
    }
    /// Asks for what follows an answer.
    void ask_after(const boost::json::object& before, std::chrono::milliseconds wait = 0ms) {
        request.after = parse_feed_cursor(cursor_of(before));
        request.wait = wait;
        ask();
    }
    boost::json::object
    follow(const boost::json::object& before, std::chrono::milliseconds wait = 0ms) {
        ask_after(before, wait);
        return wait_for_answer();
    }
    std::string newest_cursor() const {
        return to_string(FeedCursor{{catalog.epoch(), catalog.newest_revision()}, {}});
    }

    std::optional<CatalogPublication> publication;
};

bool has_more(const boost::json::object& answer) {
    return answer.at("more").as_bool();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_with_a_part_of_a_publication_is_followed_by_the_rest, Fixture) {
    for (const Claim claim : {Claim::next, Claim::ahead})
        for (const std::size_t limit : {100U, 1U}) {
            BOOST_TEST_CONTEXT("limit " << limit) {
                begin_publication(claim);
                request.limit = limit;
                const auto snapshot = read_snapshot();
                BOOST_TEST(has_more(snapshot));

                const auto still = follow(snapshot, 20ms);  // the wait ends before
                BOOST_TEST(paths_of(still).empty());
                BOOST_TEST(has_more(still));
                BOOST_TEST(cursor_of(still) == cursor_of(snapshot));
                ask_after(still);
                BOOST_TEST(!receive_answer());
                complete_publication();

                const auto rest = wait_for_answer();
                BOOST_TEST(paths_of(rest) == "x y ");
                BOOST_TEST(!has_more(rest));
                BOOST_TEST(cursor_of(rest) == newest_cursor());
                BOOST_TEST(!has_more(read_snapshot()));
            }
        }
}

BOOST_FIXTURE_TEST_CASE(the_rest_is_awaited_for_a_moment_without_a_wait, Fixture) {
    begin_publication(Claim::ahead);
    const auto still = follow(read_snapshot());
    BOOST_TEST(has_more(still));
    complete_publication();
    const auto rest = follow(still);
    BOOST_TEST(paths_of(rest) == "x y ");
    BOOST_TEST(!has_more(rest));
}

BOOST_FIXTURE_TEST_CASE(what_others_publish_meanwhile_makes_it_no_whole, Fixture) {
    begin_publication(Claim::ahead);
    const auto snapshot = read_snapshot();
    ask_after(snapshot, 10s);
    BOOST_TEST(!receive_answer());
    publish({{"z"}});
    catch_up();

    const auto between = wait_for_answer();
    BOOST_TEST(paths_of(between) == "z ");
    BOOST_TEST(has_more(between));
    const auto still = follow(between, 20ms);
    BOOST_TEST(has_more(still));
    complete_publication();

    const auto rest = follow(still);
    BOOST_TEST(paths_of(rest) == "x y ");
    BOOST_TEST(!has_more(rest));
}

BOOST_FIXTURE_TEST_CASE(who_waits_for_the_rest_and_is_turned_away_still_does, Fixture) {
    begin_publication(Claim::ahead);
    const auto snapshot = read_snapshot();
    ask_after(snapshot, 10s);
    connection().stop();
    const auto last = wait_for_answer();
    BOOST_TEST(has_more(last));
    BOOST_TEST(cursor_of(last) == cursor_of(snapshot));
}

BOOST_FIXTURE_TEST_CASE(a_place_of_the_future_is_not_known, Fixture) {
    publish({{"x"}});
    catch_up();
    const Version newest{catalog.epoch(), catalog.newest_revision()};
    for (const std::uint32_t slot : {1U, SnapshotPlace::end_slot}) {
        request.after = FeedCursor{newest, SnapshotPlace{slot, catalog.claimed_revision() + 1}};
        ask();
        const auto received = wait_for_answer();
        BOOST_TEST(received.at("reset").as_bool());
        BOOST_TEST(paths_of(received) == "x ");
        BOOST_TEST(!has_more(received));
    }
}

BOOST_AUTO_TEST_SUITE_END()
