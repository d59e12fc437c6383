#include "test/unit/ipc/catalog_adoption_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(catalog_adoption, treecast::test::catalog_adoption_cases::AdoptedCatalog)

using namespace treecast::test::catalog_adoption_cases;

BOOST_AUTO_TEST_CASE(a_damaged_catalog_is_replaced_and_readers_keep_the_old_one) {
    const Damage damages[] = {
        {"magic",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::magic, 1);
         }},
        {"layout",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::layout_version, 99);
         }},
        {"epoch",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::epoch, 5);
         }},
        {"capacity beyond the end",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::capacity, std::uint64_t{1} << 40);
         }},
        {"capacity of half a page",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::capacity, raw.header(HeaderWord::capacity) - 8);
         }},
        {"chunks without end",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::chunk_count, ~std::uint64_t{0});
         }},
        {"no chunks",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::chunk_count, 0);
         }},
        {"a chunk in the header",
         [](auto&, auto& raw) {
             raw.set(chunk_table_word, 1);
         }},
        {"a log of 2^31",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::log, RegionDescriptor{20, 31, 0}.pack());
         }},
        {"a revision of the future",
         [](auto&, auto& raw) {
             raw.set_header(HeaderWord::newest_revision, std::uint64_t{1} << 62);
             raw.set_header(HeaderWord::claimed_revision, std::uint64_t{1} << 62);
         }},
        {"a revision that was not claimed",
         [](auto&, auto& raw) {
             raw.set(raw.entry(chunk_slots - 1, 0), 0);
             raw.set_header(HeaderWord::claimed_revision, 1);
         }},
        {"a parent that is not there",
         [](auto& catalog, auto& raw) {
             raw.set(raw.entry(catalog.slot("a/one"), entry_family), pack_pair(4000, 0));
         }},
        {"a circle",
         [](auto& catalog, auto& raw) {
             const std::uint32_t slot = catalog.slot("a/one");
             raw.set(raw.entry(slot, entry_family), pack_pair(slot, 0));
         }},
        {"two entries of one path",
         [](auto& catalog, auto& raw) {
             const std::uint32_t from = catalog.slot("a/one");
             const std::uint32_t to = catalog.slot("a/two");
             for (std::uint32_t i = 0; i < entry_words; ++i)
                 raw.set(raw.entry(to, i), raw.word(raw.entry(from, i)));
         }},
        {"a name that is no name",
         [](auto& catalog, auto& raw) {
             raw.set(raw.entry(catalog.slot("gone"), entry_name), 0x2f2f2f2f);
         }},
        {"the end of a name in an entry",
         [](auto& catalog, auto& raw) {
             for (std::uint32_t slot = 1; slot < 20; ++slot) {
                 const std::uint64_t place = raw.entry(slot, entry_place);
                 if (high_half(raw.word(place)) != 0)
                     raw.set(place, pack_pair(catalog.slot("gone"), low_half(raw.word(place))));
             }
         }},
    };
    for (const Damage& damage : damages) {
        BOOST_TEST_CONTEXT(damage.what) {
            const AdoptedCatalog catalog;
            const CatalogReader before = catalog.reader();
            damage.inflict(catalog, catalog.raw());

            CatalogWriter writer(catalog.directory);

            BOOST_TEST(!writer.adopted());
            BOOST_TEST(writer.epoch() != catalog.epoch);
            BOOST_TEST(writer.files() == 0U);
            BOOST_TEST(!before.still_current(catalog.directory));
            publish(writer, "new");
            BOOST_TEST(catalog.reader().find("new").has_value());
            BOOST_TEST(!before.find("new"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_catalog_cut_short_is_neither_adopted_nor_read) {
    const off_t whole = static_cast<off_t>(raw().header(HeaderWord::capacity));
    for (const off_t bytes : {off_t{0}, off_t{100}, off_t{4096}, off_t{17 * 4096}, whole - 4096}) {
        BOOST_TEST_CONTEXT(bytes) {
            const AdoptedCatalog catalog;
            catalog.raw().truncate(bytes);
            BOOST_TEST((CatalogReader::attach(catalog.directory).error() == Errc::damaged));
            const CatalogWriter writer(catalog.directory);
            BOOST_TEST(!writer.adopted());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_catalog_of_another_layout_is_not_read) {
    raw().set_header(HeaderWord::layout_version, catalog_layout_version + 1);
    BOOST_TEST((CatalogReader::attach(directory).error() == Errc::layout_mismatch));
}

BOOST_AUTO_TEST_CASE(a_day_ahead_of_the_clock_is_still_believed) {
    const auto now = static_cast<std::uint64_t>(::time(nullptr)) * 1000000;
    raw().set_header(HeaderWord::claimed_revision, now + day_us / 2);
    BOOST_TEST(CatalogWriter(directory).adopted());
    raw().set_header(HeaderWord::claimed_revision, now + 2 * day_us);
    BOOST_TEST(!CatalogWriter(directory).adopted());
}

BOOST_AUTO_TEST_SUITE_END()
