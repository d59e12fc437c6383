#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(catalog_log, ObjectFixture)

namespace {

std::vector<std::uint64_t> revisions(const std::vector<LogRecord>& changes) {
    std::vector<std::uint64_t> all;
    for (const LogRecord& change : changes)
        all.push_back(change.revision);
    return all;
}

using Revisions = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_CASE(changes_come_oldest_first_and_only_newer_ones) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    for (const char* path : {"a", "b", "c", "a"})
        publish(writer, path);

    std::vector<LogRecord> changes;
    BOOST_TEST(reader.changes_since(0, changes));
    BOOST_TEST(revisions(changes) == (Revisions{1, 2, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST((changes[0].file == changes[3].file));
    BOOST_TEST(reader.changes_since(2, changes));  // appends
    BOOST_TEST(
        revisions(changes) == (Revisions{1, 2, 3, 4, 3, 4}),
        boost::test_tools::per_element()
    );
    changes.clear();
    BOOST_TEST(reader.changes_since(4, changes));
    BOOST_TEST(reader.changes_since(1000, changes));
    BOOST_TEST(changes.empty());
}

BOOST_AUTO_TEST_CASE(a_publication_shows_when_it_is_committed) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const FileId a = writer.find_or_make("a").value();
    const FileId b = writer.find_or_make("b").value();
    CatalogPublication publication(writer, 0);
    const auto revision = publication.revision();
    std::vector<LogRecord> changes;
    publication.announce(a, present_record(revision));
    BOOST_TEST(reader.changes_since(0, changes));
    BOOST_TEST(changes.empty());
    publication.announce(b, present_record(revision));
    publication.commit();
    BOOST_TEST(reader.changes_since(0, changes));
    BOOST_TEST(changes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_wrapped_log_says_so) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    for (int i = 0; i < 16; ++i)
        publish(writer, "a");
    std::vector<LogRecord> changes;
    BOOST_TEST(reader.changes_since(0, changes));
    BOOST_TEST(changes.size() == 16U);

    publish(writer, "a");
    changes.assign(1, LogRecord{});
    BOOST_TEST(!reader.changes_since(0, changes));
    BOOST_TEST(changes.size() == 1U);
    BOOST_TEST(reader.changes_since(1, changes));
    BOOST_TEST(changes.size() == 17U);
    BOOST_TEST(reader.header().log_floor == 1U);
}

BOOST_AUTO_TEST_CASE(a_publication_larger_than_the_log_is_walked) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    publish(writer, "before");
    CatalogPublication publication(writer, 0);
    const auto revision = publication.revision();
    for (int i = 0; i < 100; ++i)
        publication.announce(
            writer.find_or_make("f" + std::to_string(i)).value(),
            present_record(revision)
        );
    std::vector<LogRecord> changes;
    BOOST_TEST(!reader.changes_since(1, changes));
    publication.commit();
    BOOST_TEST(!reader.changes_since(1, changes));
    BOOST_TEST(reader.changes_since(revision, changes));
    BOOST_TEST(changes.empty());

    publish(writer, "after");
    BOOST_TEST(reader.changes_since(revision, changes));
    BOOST_TEST(changes.size() == 1U);
    int newer = 0;
    reader.walk([&](FileId, const Record& record) {
        newer += record.change_revision > 1;
        return true;
    });
    BOOST_TEST(newer == 101);
}

BOOST_AUTO_TEST_CASE(the_log_outlives_its_writer) {
    {
        CatalogWriter writer(directory, {.log_slots = 16});
        for (int i = 0; i < 20; ++i)
            publish(writer, "a");
    }
    CatalogWriter writer(directory, {.log_slots = 1024});
    const CatalogReader reader = this->reader();
    BOOST_TEST(writer.adopted());
    publish(writer, "b");
    std::vector<LogRecord> changes;
    BOOST_TEST(reader.changes_since(18, changes));
    BOOST_TEST(revisions(changes) == (Revisions{19, 20, 21}), boost::test_tools::per_element());
    BOOST_TEST(!reader.changes_since(4, changes));
}

BOOST_AUTO_TEST_SUITE_END()
