// What is held, and which changes end it. test/integration/feed_changes_test.cpp asks real workers.
#include "proxy/feed/feed_service.hpp"

#include "test/unit/proxy/feed/feed_service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using namespace std::chrono_literals;
using ipc::CatalogPublication;

BOOST_AUTO_TEST_SUITE(feed_service)

using Fixture = FeedServiceFixture;

BOOST_FIXTURE_TEST_CASE(a_change_that_came_before_a_publication_under_way_is_not_lost, Fixture) {
    for (const auto claim : {CatalogPublication::Claim::next, CatalogPublication::Claim::ahead})
        for (const bool is_overrun : {false, true}) {
            const std::uint64_t before = publish({{"x"}, {"y"}, {"z"}});
            publish({{"x"}, {"z"}});
            if (is_overrun)
                overrun_log("x");
            catch_up();
            CatalogPublication publication(writer, 0, claim);
            announce(writer, publication, {"x"});
            poll(before);
            BOOST_TEST(!receive_paths());
            announce(writer, publication, {"y"});
            publication.commit();

            catch_up();

            BOOST_TEST(receive_paths().value_or("no answer") == "z x y ");
        }
}

BOOST_FIXTURE_TEST_CASE(no_cursor_passes_a_file_whose_publication_is_under_way, Fixture) {
    const std::uint64_t before = publish({{"x"}, {"y"}});
    publish({{"x"}});
    catch_up();
    CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
    announce(writer, publication, {"x"});
    poll(before);
    BOOST_TEST(!receive_paths());

    publish({{"y"}});
    catch_up();
    BOOST_TEST(!receive_paths());
    publication.commit();
    catch_up();

    BOOST_TEST(receive_paths().value_or("no answer") == "y x ");
}

BOOST_FIXTURE_TEST_CASE(a_publication_without_changes_ends_no_wait, Fixture) {
    poll(publish({{"x"}}));
    for (int i = 0; i < 2; ++i) {
        publish({});
        catch_up();
        BOOST_TEST(!receive_paths());
    }
    publish({{"x"}});
    catch_up();
    BOOST_TEST(receive_paths().value_or("no answer") == "x ");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changed_several_times_is_listed_once, Fixture) {
    poll(publish({{"x"}, {"y"}}));
    for (const char* const path : {"x", "y", "x", "y", "y"})
        publish({{path}});
    catch_up();
    BOOST_TEST(receive_paths().value_or("no answer") == "x y ");
}

BOOST_FIXTURE_TEST_CASE(who_does_not_wait_waits_a_moment_for_a_publication, Fixture) {
    for (const bool is_committed : {true, false}) {
        const std::uint64_t before = publish({{"x"}});
        publish({{"x"}});
        catch_up();
        CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
        announce(writer, publication, {"x"});
        poll(before, 0ms);
        BOOST_TEST(!receive_answer());
        if (is_committed)
            publication.commit();
        catch_up();
        const auto received = wait_for_answer();
        // What changed before cannot be listed yet.
        BOOST_TEST(received.at("more").as_bool() == !is_committed);
        BOOST_TEST(received.at("changes").as_array().size() == (is_committed ? 1u : 0u));
    }
}

BOOST_FIXTURE_TEST_CASE(one_that_sends_no_more_is_answered_unless_it_waits_for_news, Fixture) {
    const std::uint64_t before = publish({{"x"}});
    publish({{"x"}});
    catch_up();
    CatalogPublication publication(writer, 0);
    announce(writer, publication, {"x"});
    poll(before, 0ms);
    BOOST_TEST(!receive_answer());
    ::shutdown(peer.get(), SHUT_WR);
    run();
    publication.commit();
    catch_up();
    BOOST_TEST(receive_paths().value_or("no answer") == "x ");
}

BOOST_FIXTURE_TEST_CASE(a_cursor_that_moves_passes_nothing_that_was_not_sent, Fixture) {
    interest.paths = {"x"};
    const std::uint64_t before = publish({{"x"}, {"y"}});
    const std::string cursor = to_string(FeedCursor{{catalog.epoch(), before}, {}});
    publish({{"x"}});
    overrun_log("y");
    catch_up();
    {
        CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
        announce(writer, publication, {"x"});
        poll(before, 20ms);
        BOOST_TEST(cursor_of(wait_for_answer()) == cursor);
    }
    // One that is turned away before its change was looked at.
    const std::uint64_t later = publish({{"x"}});
    catch_up();
    poll(later);
    publish({{"x"}});
    for (std::uint32_t i = 0; i < log_slots - 4; ++i)
        publish({{"y"}});
    std::vector<ipc::LogRecord> changes;
    BOOST_TEST_REQUIRE(catalog.changes_since(passed, changes));
    service.changed(changes);
    connection().stop();
    BOOST_TEST(cursor_of(wait_for_answer()) == to_string(FeedCursor{{catalog.epoch(), later}, {}}));
}

BOOST_FIXTURE_TEST_CASE(a_cursor_of_the_older_half_of_the_log_moves_on, Fixture) {
    interest.paths = {"x"};
    const std::uint64_t before = publish({{"x"}, {"y"}});
    for (std::uint32_t i = 0; i < log_slots - 2; ++i)
        publish({{"y"}});
    catch_up();
    for (int i = 0; i < 2; ++i) {  // the second answer is made from what the first one found
        poll(before, 20ms);
        BOOST_TEST(
            cursor_of(wait_for_answer()) ==
            to_string(FeedCursor{{catalog.epoch(), catalog.newest_revision()}, {}})
        );
    }
    publish({{"x"}});
    catch_up();
    poll(before, 20ms);
    BOOST_TEST(receive_paths().value_or("no answer") == "x ");
}

BOOST_FIXTURE_TEST_CASE(what_changes_very_often_is_not_collected_for_ever, Fixture) {
    const std::uint64_t before = publish({{"x"}});
    catch_up();
    poll(catalog.claimed_revision());
    const auto file = catalog.find("x")->file;
    const std::vector<ipc::LogRecord> changes(10'000, ipc::LogRecord{before, file});
    service.changed(changes);
    service.end_batch();
    BOOST_TEST(!receive_answer());
    publish({{"x"}});
    catch_up();
    BOOST_TEST(receive_paths().value_or("no answer") == "x ");
}

BOOST_FIXTURE_TEST_CASE(who_waits_for_a_digest_that_cannot_be_made_is_sent_the_state, Fixture) {
    publish({{"x"}});
    catch_up();
    CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
    announce(writer, publication, {"x"});
    request.state = Sha256{};
    ask();
    const auto received = wait_for_answer();
    BOOST_TEST(!received.at("same").as_bool());
    BOOST_TEST(received.at("more").as_bool());
    BOOST_TEST(received.at("changes").as_array().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(who_has_no_cursor_is_turned_away_with_an_error, Fixture) {
    {
        CatalogPublication publication(writer, 0);
        ipc::Record record = present_record(publication.revision());
        record.hash_known = false;
        publication.announce(writer.find_or_make("x").value(), record);
    }
    catch_up();
    request.state = Sha256{};
    ask();
    BOOST_TEST(!receive_answer());
    connection().stop();
    BOOST_TEST(wait_for_answer().at("status").as_int64() == 503);
}

BOOST_AUTO_TEST_SUITE_END()
