#include "proxy/source/log_position.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string_view>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(log_position, ObjectFixture)

BOOST_AUTO_TEST_CASE(each_read_returns_what_is_new_since_the_one_before) {
    struct {
        int changes;  // published before the read
        bool scan_ends;
        std::size_t read;
        bool scan_completed;
        bool log_overrun;
    } const steps[] = {
        {0, false, 0, false, false},
        {1, false, 1, false, false},
        {0, false, 0, false, false},
        {3, true, 3, true, false},
        {0, false, 0, false, false},    // the end of the scan is reported once
        {16, false, 16, false, false},  // as many as the log holds
        {17, false, 0, false, true},
        {1, false, 1, false, false},
    };
    ipc::CatalogWriter writer(directory, {.log_slots = 16});
    const ipc::CatalogReader catalog = reader();
    publish(writer, "before");
    LogPosition position;
    position.begin(catalog);

    for (std::size_t i = 0; i < std::size(steps); ++i) {
        const auto& step = steps[i];
        for (int change = 0; change < step.changes; ++change)
            publish(writer, "f");
        if (step.scan_ends)
            writer.set_scan_complete();

        const LogPosition::ReadResult result = position.read(catalog);

        BOOST_TEST_CONTEXT("step " << i) {
            BOOST_TEST(result.changes.size() == step.read);
            BOOST_TEST(result.scan_completed == step.scan_completed);
            BOOST_TEST(result.log_overrun == step.log_overrun);
        }
    }
}

BOOST_AUTO_TEST_CASE(changes_come_in_their_order) {
    ipc::CatalogWriter writer(directory);
    const ipc::CatalogReader catalog = reader();
    LogPosition position;
    position.begin(catalog);
    const ipc::FileId a = publish(writer, "a");
    const ipc::FileId b = publish(writer, "b");

    const auto changes = position.read(catalog).changes;

    BOOST_TEST_REQUIRE(changes.size() == 2U);
    BOOST_TEST((changes[0].file == a && changes[1].file == b));
}

BOOST_AUTO_TEST_CASE(another_catalog_begins_at_its_newest_revision_and_has_its_own_scan) {
    LogPosition position;
    {
        ipc::CatalogWriter writer(directory);
        writer.set_scan_complete();
        const ipc::CatalogReader catalog = reader();
        position.begin(catalog);
        publish(writer, "f");
        BOOST_TEST(position.read(catalog).scan_completed);
    }
    const ObjectFixture other;
    ipc::CatalogWriter writer(other.directory);
    for (int i = 0; i < 3; ++i)
        publish(writer, "f");
    const ipc::CatalogReader catalog = other.reader();

    position.begin(catalog);

    const LogPosition::ReadResult before_scan = position.read(catalog);
    BOOST_TEST(!before_scan.scan_completed);
    BOOST_TEST(before_scan.changes.empty());
    BOOST_TEST(!before_scan.log_overrun);
    writer.set_scan_complete();
    BOOST_TEST(position.read(catalog).scan_completed);
}

BOOST_AUTO_TEST_SUITE_END()
