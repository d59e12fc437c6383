#include "daemon/counters.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

BOOST_FIXTURE_TEST_SUITE(counters, test::ObjectFixture)

BOOST_AUTO_TEST_CASE(each_counter_has_its_place_in_the_catalog) {
    ipc::CatalogWriter catalog(directory);
    store_counters(
        catalog,
        {.degraded = "",
         .watches = 1,
         .unwatched_directories = 2,
         .unwatched_files = 3,
         .overflows = 4,
         .refused_links = 5,
         .skipped_names = 6},
        {.published_while_open = 7, .read_without_lease = 8, .audits = 9, .audit_repairs = 10}
    );

    const auto stored = reader().header().counters;
    const auto value = [&](ipc::Counter counter) {
        return stored.at(static_cast<std::size_t>(counter));
    };
    BOOST_TEST(value(ipc::Counter::watches) == 1U);
    BOOST_TEST(value(ipc::Counter::unwatched_directories) == 2U);
    BOOST_TEST(value(ipc::Counter::unwatched_files) == 3U);
    BOOST_TEST(value(ipc::Counter::overflows) == 4U);
    BOOST_TEST(value(ipc::Counter::refused_links) == 5U);
    BOOST_TEST(value(ipc::Counter::skipped_names) == 6U);
    BOOST_TEST(value(ipc::Counter::published_while_open) == 7U);
    BOOST_TEST(value(ipc::Counter::read_without_lease) == 8U);
    BOOST_TEST(value(ipc::Counter::audits) == 9U);
    BOOST_TEST(value(ipc::Counter::audit_repairs) == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
