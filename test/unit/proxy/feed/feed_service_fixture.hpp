// A service of the feed on a catalog of the test's, and a connection that asks it.
#pragma once

#include "proxy/feed/feed_service.hpp"
#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/feed_connection_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace treecast::test {

struct FeedServiceFixture : FeedCatalogFixture, FeedConnectionFixture {
    FeedServiceFixture() {
        request.limit = 100;
        writer.set_scan_complete();
        attachment.refresh();
        BOOST_TEST_REQUIRE(attachment.catalog() != nullptr);
        answer = [this](proxy::Connection& of) {
            service.get(of, proxy::Interest(interest), request);
        };
    }
    ~FeedServiceFixture() override { close(); }

    /// Asks for the present state.
    void ask_for_snapshot() {
        request.after.reset();
        request.wait = {};
        ask();
    }
    /// Asks for the changes after a revision, to be held if there are none.
    void poll(std::uint64_t after, std::chrono::milliseconds wait = std::chrono::minutes(1)) {
        request.after = proxy::FeedCursor{{catalog.epoch(), after}, {}};
        request.wait = wait;
        ask();
    }
    /// What a worker does when the bell rings.
    void catch_up() {
        std::vector<ipc::LogRecord> changes;
        if (catalog.changes_since(passed, changes))
            service.changed(changes);
        else
            service.everything_changed(proxy::ChangeConsumer::Cause::log_overrun);
        service.end_batch();
        passed = catalog.newest_revision();
    }
    /// The answer that came; nothing if none did.
    std::optional<boost::json::object> receive_answer() {
        const std::string bytes = receive();
        if (bytes.empty())
            return std::nullopt;
        return boost::json::parse(bytes.substr(bytes.find("\r\n\r\n") + 4)).as_object();
    }
    boost::json::object wait_for_answer() {
        for (int i = 0; i < 500; ++i)
            if (auto received = receive_answer())
                return *received;
        BOOST_FAIL("no answer came");
        return {};
    }
    static std::string cursor_of(const boost::json::object& answer) {
        return std::string(answer.at("cursor").as_string());
    }
    static std::string paths_of(const boost::json::object& answer) {
        std::string paths;
        for (const auto& change : answer.at("changes").as_array())
            paths.append(std::string(change.at("path").as_string())).append(" ");
        return paths;
    }
    /// The paths of the answer that came; nothing if none did.
    std::optional<std::string> receive_paths() {
        const auto received = receive_answer();
        return received ? std::optional(paths_of(*received)) : std::nullopt;
    }

    proxy::Attachment attachment{guard.instance(), guard.base(), 1, counters};
    proxy::Maker maker;
    proxy::WantSender wants{context, attachment, [](std::span<const ipc::FileId>) {}, [] {}};
    proxy::ContentTypes types;
    proxy::RepresentationCache cache{counters, types};
    proxy::FeedService
        service{context, attachment, maker, wants, cache, "instance", std::chrono::seconds(10)};
    proxy::InterestLists interest;
    proxy::FeedRequest request;
    std::uint64_t passed = 0;
};

}  // namespace treecast::test
