// What a stream is sent while publications are under way, and when the log does not reach back.
// test/integration/feed_events_test.cpp asks real workers.
#include "proxy/feed/event_streams.hpp"
#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/feed_connection_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using ipc::CatalogPublication;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(event_stream)

namespace {

struct Fixture : FeedCatalogFixture, FeedConnectionFixture {
    Fixture() {
        writer.set_scan_complete();
        attachment.refresh();
        BOOST_TEST_REQUIRE(attachment.catalog() != nullptr);
        answer = [this](Connection& of) {
            streams.begin(of, Interest(interest), after);
        };
    }
    ~Fixture() override { close(); }

    /// What a worker does when the bell rings.
    void catch_up() {
        note_changes();
        dispatcher.end_batch();
    }
    void note_changes() {
        std::vector<ipc::LogRecord> changes;
        if (catalog.changes_since(passed, changes))
            dispatcher.changed(changes);
        else
            dispatcher.everything_changed(ChangeConsumer::Cause::log_overrun);
        passed = catalog.newest_revision();
    }
    /// "reset x [y] 12": paths and types, those of deleted files in brackets, and ids as revisions.
    std::string receive_words() {
        const std::string bytes = receive();
        std::string words;
        std::string id;
        for (std::size_t at = 0; at < bytes.size(); at = bytes.find('\n', at) + 1) {
            const std::string line = bytes.substr(at, bytes.find('\n', at) - at);
            if (line == "event: reset" || line == "event: ready")
                words += line.substr(7) + ' ';
            else if (line.starts_with("id: "))
                id = line.substr(line.find('.') + 1) + ' ';
            else if (line.starts_with("data: {\"path\":\""))
                words += line.substr(15, line.find('"', 15) - 15) + ' ';
            else if (line.empty())
                words += std::exchange(id, {});
        }
        return words;
    }
    std::string text_of(std::uint64_t revision) { return std::to_string(revision) + ' '; }

    Attachment attachment{guard.instance(), guard.base(), 1, counters};
    FeedDispatcher dispatcher{context, attachment};
    EventStreams streams{attachment, dispatcher, "instance"};
    InterestLists interest;
    std::optional<FeedCursor> after;
    std::uint64_t passed = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_snapshot_beside_a_publication_is_ready_at_its_end, Fixture) {
    publish({{"x"}, {"y"}});
    catch_up();
    CatalogPublication publication(writer, 0);
    announce(writer, publication, {"x"});
    ask();
    BOOST_TEST(receive_words() == "reset x y ");
    announce(writer, publication, {"y"});
    const std::uint64_t revision = publication.revision();
    publication.commit();
    catch_up();
    BOOST_TEST(receive_words() == "x y ready " + text_of(revision));
    const std::uint64_t next = publish({{"y"}});
    catch_up();
    BOOST_TEST(receive_words() == "y " + text_of(next));
}

BOOST_FIXTURE_TEST_CASE(no_id_passes_a_file_whose_publication_is_under_way, Fixture) {
    const std::uint64_t before = publish({{"x"}, {"y"}, {"z"}});
    publish({{"z"}});
    catch_up();
    CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
    announce(writer, publication, {"z"});
    after = FeedCursor{{catalog.epoch(), before}, {}};
    ask();
    BOOST_TEST(receive_words().empty());
    const std::uint64_t of_y = publish({{"y"}});
    catch_up();
    BOOST_TEST(receive_words().empty());
    announce(writer, publication, {"x"});
    publication.commit();
    catch_up();
    BOOST_TEST(of_y < catalog.newest_revision());
    BOOST_TEST(receive_words() == "y x z " + text_of(catalog.newest_revision()));
}

BOOST_FIXTURE_TEST_CASE(what_came_before_a_publication_under_way_has_an_id_before_it, Fixture) {
    after = FeedCursor{{catalog.epoch(), publish({{"x"}, {"y"}})}, {}};
    catch_up();
    ask();
    BOOST_TEST(receive_words().empty());
    CatalogPublication publication(writer, 0, CatalogPublication::Claim::ahead);
    announce(writer, publication, {"x"});
    const std::uint64_t of_y = publish({{"y"}});
    catch_up();
    BOOST_TEST(receive_words() == "y " + text_of(of_y));
    publication.commit();
    catch_up();
    BOOST_TEST(of_y < catalog.newest_revision());
    BOOST_TEST(receive_words() == "x " + text_of(catalog.newest_revision()));
}

BOOST_FIXTURE_TEST_CASE(what_others_change_takes_nothing_from_a_quiet_stream, Fixture) {
    interest.paths = {"x", "y"};
    publish({{"x"}, {"y"}});
    catch_up();
    ask();
    BOOST_TEST(receive_words() == "reset x y ready " + text_of(passed));
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 5; ++i) {
            overrun_log("z");
            // Deletions that are forgotten make older cursors unknown.
            publish({{"z" + std::to_string(i), ipc::FileState::deleted}});
            catch_up();
        }
        BOOST_TEST(receive_words().empty());
        publish({{"x"}});
        const std::uint64_t revision = publish({{"y", ipc::FileState::deleted}});
        catch_up();
        BOOST_TEST(receive_words() == "x y " + text_of(revision));
    }
}

BOOST_FIXTURE_TEST_CASE(an_overrun_log_hides_no_change, Fixture) {
    interest.paths = {"x", "y"};
    publish({{"x"}, {"y"}});
    catch_up();
    ask();
    BOOST_TEST(receive_words() == "reset x y ready " + text_of(passed));
    publish({{"y"}});
    overrun_log("z");
    catch_up();
    BOOST_TEST(receive_words() == "y " + text_of(passed));
}

BOOST_FIXTURE_TEST_CASE(a_heartbeat_passes_no_change_that_is_not_looked_at_yet, Fixture) {
    streams.set_heartbeat_interval(5ms);
    publish({{"x"}});
    catch_up();
    ask();
    BOOST_TEST(receive_words() == "reset x ready " + text_of(passed));
    // A turn evaluates 256 streams, and heartbeats come in between.
    const std::uint64_t revision = publish({{"x"}});
    note_changes();
    BOOST_TEST(receive().find(":\n\n") != std::string::npos);
    dispatcher.end_batch();
    BOOST_TEST(receive_words() == "x " + text_of(revision));
}

/// The log that was read with a deletion goes on, and the entry is used for another file.
BOOST_FIXTURE_TEST_CASE(a_deletion_that_is_forgotten_before_it_is_noted_is_not_lost, Fixture) {
    interest.paths = {"x", "y"};
    publish({{"x"}, {"y"}});
    catch_up();
    ask();
    BOOST_TEST(receive_words() == "reset x y ready " + text_of(passed));
    publish({{"x", ipc::FileState::deleted}});
    std::vector<ipc::LogRecord> changes;
    BOOST_TEST_REQUIRE(catalog.changes_since(passed, changes));
    passed = catalog.newest_revision();
    overrun_log("z");
    BOOST_TEST_REQUIRE(!catalog.path(changes.front().file).has_value());
    dispatcher.changed(changes);
    dispatcher.end_batch();
    BOOST_TEST(receive_words() == "reset y ready " + text_of(catalog.newest_revision()));
}

BOOST_FIXTURE_TEST_CASE(a_publication_of_others_sends_nothing, Fixture) {
    interest.prefixes = {"x"};
    publish({{"x"}});
    catch_up();
    ask();
    BOOST_TEST(receive_words() == "reset x ready " + text_of(passed));
    publish({{"y"}});
    publish({});
    catch_up();
    BOOST_TEST(receive().empty());
}

BOOST_FIXTURE_TEST_CASE(others_get_their_turn_while_few_of_many_files_match, Fixture) {
    std::vector<FileChange> files;
    for (int i = 0; i < 40'000; ++i)  // some pages
        files.push_back({"d/" + std::to_string(i)});
    publish(files);
    catch_up();
    interest.globs.push_back(Glob::parse("**/39999").value());
    std::string first_turn(1 << 16, '\0');
    answer = [&](Connection& of) {
        streams.begin(of, Interest(interest), after);
        const ssize_t n =
            ::recv(peer.get(), first_turn.data(), first_turn.size(), MSG_PEEK | MSG_DONTWAIT);
        first_turn.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    };
    ask();
    BOOST_TEST(first_turn.find("event: reset") != std::string::npos);
    BOOST_TEST(first_turn.find("event: ready") == std::string::npos);
    std::string words;
    for (int i = 0; i < 500 && words.find("ready") == std::string::npos; ++i)
        words += receive_words();
    BOOST_TEST(words == "reset d/39999 ready " + text_of(passed));
}

BOOST_FIXTURE_TEST_CASE(a_stop_ends_it, Fixture) {
    ask();
    BOOST_TEST(receive_words() == "reset ready 0 ");
    BOOST_TEST(counters.subscribers == 1u);
    shared.phase = Phase::stopping;
    connection().stop();
    run();
    BOOST_TEST(counters.subscribers == 0u);
    char byte = 0;
    BOOST_TEST(::recv(peer.get(), &byte, 1, MSG_DONTWAIT) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
