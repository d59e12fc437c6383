// What is held, and which changes end it. test/integration/feed_changes_test.cpp asks real workers.
#include "proxy/feed/feed_service.hpp"

#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/feed_connection_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using namespace std::chrono_literals;
using ipc::CatalogPublication;

BOOST_AUTO_TEST_SUITE(feed_service)

namespace {

struct Fixture : FeedCatalogFixture, FeedConnectionFixture {
    Fixture() {
        request.limit = 100;
        writer.set_scan_complete();
        attachment.refresh();
        BOOST_TEST_REQUIRE(attachment.catalog() != nullptr);
        answer = [this](Connection& of) {
            service.get(of, Interest(interest), request);
        };
    }
    ~Fixture() override { close(); }

    /// Asks for the changes after a revision, to be held if there are none.
    void poll(std::uint64_t after, std::chrono::milliseconds wait = 60s) {
        request.after = FeedCursor{{catalog.epoch(), after}, {}};
        request.wait = wait;
        ask();
    }
    /// What a worker does when the bell rings.
    void catch_up() {
        std::vector<ipc::LogRecord> changes;
        if (catalog.changes_since(passed, changes))
            service.changed(changes);
        else
            service.everything_changed(ChangeConsumer::Cause::log_overrun);
        service.end_batch();
        passed = catalog.newest_revision();
    }
    /// The paths of the answer that came; nothing if none did.
    std::optional<std::string> receive_paths() {
        const std::string bytes = receive();
        if (bytes.empty())
            return std::nullopt;
        const auto body = boost::json::parse(bytes.substr(bytes.find("\r\n\r\n") + 4));
        std::string paths;
        for (const auto& change : body.at("changes").as_array())
            paths.append(std::string(change.at("path").as_string())).append(" ");
        return paths;
    }

    Attachment attachment{guard.instance(), guard.base(), 1, counters};
    Maker maker;
    WantSender wants{context, attachment, [](std::span<const ipc::FileId>) {}, [] {}};
    FeedService service{context, attachment, maker, wants, "instance", 10s};
    InterestLists interest;
    FeedRequest request;
    std::uint64_t passed = 0;
};

}  // namespace

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

BOOST_AUTO_TEST_SUITE_END()
