#include "ipc/catalog_publication.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <vector>

using namespace treecast::ipc;
using treecast::test::ObjectFixture;
using treecast::test::present_record;
using treecast::test::publish;
using Claim = CatalogPublication::Claim;

namespace {

struct Fixture : ObjectFixture {
    CatalogWriter writer{directory};
    CatalogReader follower = reader();

    std::uint64_t revision_at(std::uint64_t now_us) {
        return CatalogPublication(writer, now_us).revision();
    }
    std::vector<LogRecord> changes_since(std::uint64_t revision) const {
        std::vector<LogRecord> changes;
        BOOST_TEST(follower.changes_since(revision, changes));
        return changes;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_publication, Fixture)

BOOST_AUTO_TEST_CASE(a_revision_is_the_clock_or_one_more_than_the_last) {
    CatalogPublication publication(writer, 1000);
    BOOST_TEST(publication.revision() == 1000U);
    BOOST_TEST(follower.claimed_revision() == 1000U);
    BOOST_TEST(follower.newest_revision() == 0U);
    publication.commit();
    BOOST_TEST(follower.newest_revision() == 1000U);
    BOOST_TEST(revision_at(1000) == 1001U);
    BOOST_TEST(revision_at(500) == 1002U);
    BOOST_TEST(revision_at(5000) == 5000U);
}

BOOST_AUTO_TEST_CASE(its_end_makes_its_changes_current) {
    const FileId file = writer.find_or_make("file").value();
    {
        CatalogPublication publication(writer, 7);
        publication.announce(file, present_record(publication.revision()));
        BOOST_TEST(follower.newest_revision() == 0U);
        BOOST_TEST(changes_since(0).empty());
    }
    BOOST_TEST(follower.newest_revision() == 7U);
    BOOST_TEST(follower.header().last_change_us == 7U);
    BOOST_TEST_REQUIRE(changes_since(0).size() == 1U);
    BOOST_TEST((changes_since(0).front().file == file));
}

BOOST_AUTO_TEST_CASE(so_does_its_end_by_an_exception) {
    const FileId file = writer.find_or_make("file").value();
    const FileId returned = writer.find_or_make("returned").value();
    writer.discard(returned);
    const auto publish_both = [&] {
        CatalogPublication publication(writer, 7);
        publication.announce(file, present_record(publication.revision()));
        publication.announce(returned, present_record(publication.revision()));
    };

    BOOST_CHECK_THROW(publish_both(), std::logic_error);

    BOOST_TEST(follower.newest_revision() == 7U);
    BOOST_TEST(changes_since(0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(it_is_committed_once) {
    CatalogPublication first(writer, 7);
    first.commit(9);
    BOOST_TEST(follower.header().last_change_us == 9U);
    BOOST_TEST(revision_at(20) == 20U);

    first.commit(30);

    BOOST_TEST(follower.newest_revision() == 20U);
    BOOST_TEST(follower.header().last_change_us == 20U);
}

BOOST_AUTO_TEST_CASE(one_at_a_time_is_under_way) {
    for (const Claim claim : {Claim::next, Claim::ahead}) {
        const CatalogPublication publication(writer, 0, claim);
        BOOST_CHECK_THROW(CatalogPublication(writer, 0, claim), std::logic_error);
    }
}

BOOST_AUTO_TEST_CASE(others_come_before_one_that_was_claimed_ahead) {
    const FileId slow = writer.find_or_make("slow").value();
    std::optional<CatalogPublication> ahead(std::in_place, writer, 1000, Claim::ahead);
    const std::uint64_t revision = ahead->revision();
    ahead->announce(slow, present_record(revision));
    const FileId quick = publish(writer, "quick");
    BOOST_TEST(follower.newest_revision() < revision);
    BOOST_TEST(changes_since(0).size() == 1U);

    ahead->commit();

    BOOST_TEST(follower.newest_revision() == revision);
    const auto changes = changes_since(0);
    BOOST_TEST_REQUIRE(changes.size() == 2U);
    BOOST_TEST((changes[0].file == quick));
    BOOST_TEST((changes[1].file == slow));
    BOOST_TEST((changes[1].revision == revision));
    BOOST_TEST(revision_at(0) == revision + 1);
}

BOOST_AUTO_TEST_CASE(one_that_was_claimed_ahead_and_not_finished_is_not_current) {
    const FileId slow = writer.find_or_make("slow").value();
    {
        CatalogPublication ahead(writer, 1000, Claim::ahead);
        ahead.announce(slow, present_record(ahead.revision()));
    }
    BOOST_TEST(changes_since(0).empty());  // the next daemon completes it
    publish(writer, "next");
    BOOST_TEST(changes_since(0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_revisions_before_one_that_was_claimed_ahead_end) {
    const CatalogPublication ahead(writer, 1000, Claim::ahead);
    BOOST_TEST(writer.has_room_before());
    while (writer.has_room_before())
        CatalogPublication(writer, 0).commit();

    BOOST_TEST(follower.newest_revision() == ahead.revision() - 1);
    BOOST_CHECK_THROW(CatalogPublication(writer, 0), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
