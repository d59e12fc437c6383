// What is found becomes revisions: of one group one, even if it is stored in steps.
#include "daemon/publisher.hpp"

#include "daemon/record_match.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;

namespace {

struct PublisherFixture : ObjectFixture {
    static constexpr int files = 3000;

    static watcher::FileStat stat_of(std::uint64_t inode) {
        return {.device = 7, .inode = inode, .size = 1, .mode = S_IFREG | 0644, .links = 1};
    }
    bool is_published(const std::string& path) const {
        const auto file = catalog.find(path);
        return file && is_known(catalog.read(*file));
    }
    std::uint64_t revision_of(const std::string& path) const {
        return catalog.read(catalog.find(path).value()).change_revision;
    }
    void publish_file(const std::string& path, std::uint64_t inode) {
        publisher.add(path, {.stat = stat_of(inode)});
        publisher.flush(now);
    }
    /// A group of so many files that one step does not store them.
    void begin_to_store_many() {
        FindingSet many;
        for (int i = 0; i < files; ++i)
            many.add(
                {"big/f" + std::to_string(i), {.stat = stat_of(1000 + static_cast<unsigned>(i))}}
            );
        publisher.publish_together(std::move(many));
        publisher.flush(now);
        publisher.store_groups(now, now);
        BOOST_TEST_REQUIRE(publisher.is_storing());
        BOOST_TEST_REQUIRE(is_published("big/f0"));
        BOOST_TEST_REQUIRE(!is_published("big/f999"));
    }
    void store_all() {
        while (publisher.is_storing())
            publisher.store_groups(now, now);
    }

    ipc::CatalogWriter catalog{directory, {.log_slots = 1024}};
    ipc::DaemonQueues queues{directory, 1};
    Residency residency{1 << 20};
    PublicationGroups groups;
    Publisher publisher{directory, catalog, queues, residency, groups};
    const Clock::time_point now = Clock::now();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(publisher_, PublisherFixture)

BOOST_AUTO_TEST_CASE(what_is_added_before_a_flush_is_one_revision) {
    publisher.add("a", {.stat = stat_of(1)});
    publisher.add("b", {.stat = stat_of(2)});
    BOOST_TEST(publisher.has_pending());
    publisher.flush(now);

    BOOST_TEST(!publisher.has_pending());
    BOOST_TEST(revision_of("a") == revision_of("b"));
    BOOST_TEST(catalog.newest_revision() == revision_of("a"));
}

BOOST_AUTO_TEST_CASE(what_was_added_before_its_group_was_opened_is_held_back_with_it) {
    publisher.add("link/a", {.stat = stat_of(1)});
    publisher.add("b", {.stat = stat_of(2)});
    groups.open({"link"}, now);
    publisher.regroup();
    BOOST_TEST(
        publisher.pending_paths() == std::vector<std::string>{"b"},
        boost::test_tools::per_element()
    );
    publisher.flush(now);
    BOOST_TEST(is_published("b"));
    BOOST_TEST(!is_published("link/a"));

    for (FindingSet& group : groups.take_complete({}, now))
        publisher.publish_together(std::move(group));
    publisher.flush(now);
    BOOST_TEST(is_published("link/a"));
}

BOOST_AUTO_TEST_CASE(a_second_finding_of_a_path_takes_another_revision) {
    publisher.add("a", {.stat = stat_of(1)});
    publisher.add("a", {.stat = stat_of(2)});
    publisher.add("b", {.stat = stat_of(3)});
    const std::uint64_t before = catalog.newest_revision();
    publisher.flush(now);

    BOOST_TEST(catalog.read(catalog.find("a").value()).inode == 2U);
    std::vector<ipc::LogRecord> changes;
    BOOST_TEST(reader().changes_since(before, changes));
    BOOST_TEST(changes.size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_claims_no_revision) {
    publish_file("a", 1);
    const std::uint64_t before = catalog.newest_revision();
    publish_file("a", 1);
    publisher.add("never was", {.deleted = true});
    publisher.flush(now);

    BOOST_TEST(catalog.newest_revision() == before);
    BOOST_TEST(!catalog.find("never was").has_value());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_an_open_group_is_held_back_until_it_is_withdrawn) {
    const GroupId group = groups.open({"d"}, now);
    publisher.add("d/f", {.stat = stat_of(1)}, std::nullopt, group);
    publisher.add("d/g", {.stat = stat_of(2)}, std::nullopt, group);
    publisher.flush(now);
    BOOST_TEST(!is_published("d/f"));
    BOOST_TEST((publisher.held_below("d") == std::vector<std::string>{"d/f", "d/g"}));

    publisher.withdraw("d/f");
    publisher.add("d/g", {.stat = stat_of(3)});  // no member any more
    publisher.flush(now);
    BOOST_TEST(publisher.held_below("").empty());
    BOOST_TEST(catalog.read(catalog.find("d/g").value()).inode == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_found_in_a_tree_that_is_gone_can_be_taken_back) {
    publisher.add("a", {.stat = stat_of(1)});
    BOOST_TEST((publisher.take_pending() == std::vector<std::string>{"a"}));
    publisher.flush(now);
    BOOST_TEST(!is_published("a"));
}

BOOST_AUTO_TEST_CASE(a_large_group_is_one_revision_and_others_come_before_it) {
    const ipc::CatalogReader reader = this->reader();
    publish_file("elsewhere", 1);
    begin_to_store_many();
    const std::uint64_t before = reader.newest_revision();
    publish_file("elsewhere", 2);

    const std::uint64_t edit = revision_of("elsewhere");
    const std::uint64_t ahead = revision_of("big/f0");
    BOOST_TEST(edit == reader.newest_revision());
    BOOST_TEST(edit > before);
    BOOST_TEST(edit < ahead);
    BOOST_TEST(ahead <= reader.claimed_revision());
    std::vector<ipc::LogRecord> changes;
    BOOST_TEST(reader.changes_since(before, changes));
    BOOST_TEST(changes.size() == 1U);

    store_all();
    BOOST_TEST(reader.newest_revision() == ahead);
    for (const int i : {0, 999, 2999})
        BOOST_TEST(revision_of("big/f" + std::to_string(i)) == ahead);
    BOOST_TEST(!reader.changes_since(edit, changes));  // more than the log holds
    BOOST_TEST(reader.changes_since(ahead, changes));
    publish_file("elsewhere", 3);
    BOOST_TEST(revision_of("elsewhere") > ahead);
}

BOOST_AUTO_TEST_CASE(a_change_of_what_a_group_has_stored_comes_after_it) {
    begin_to_store_many();
    const std::uint64_t ahead = revision_of("big/f0");
    publish_file("big/f0", 5);
    publish_file("big/f999", 6);  // not stored yet: the group has it no more
    BOOST_TEST(revision_of("big/f0") == ahead);
    BOOST_TEST(revision_of("big/f999") < ahead);
    BOOST_TEST((publisher.held_below("big").size() < static_cast<std::size_t>(files)));

    store_all();
    BOOST_TEST(publisher.has_pending());
    publisher.flush(now);
    BOOST_TEST(revision_of("big/f0") > ahead);
    BOOST_TEST(catalog.read(catalog.find("big/f0").value()).inode == 5U);
    BOOST_TEST(catalog.read(catalog.find("big/f999").value()).inode == 6U);
    BOOST_TEST(!publisher.holds_any());
}

BOOST_AUTO_TEST_CASE(a_small_group_of_the_same_files_waits_as_a_whole) {
    begin_to_store_many();
    const std::uint64_t ahead = revision_of("big/f0");
    FindingSet small;
    for (const char* path : {"big/f0", "other"})
        small.add({path, {.stat = stat_of(9)}});
    publisher.publish_together(std::move(small));
    publisher.flush(now);
    BOOST_TEST(!is_published("other"));

    store_all();
    BOOST_TEST(revision_of("big/f0") > ahead);
    BOOST_TEST(revision_of("big/f0") == revision_of("other"));
}

BOOST_AUTO_TEST_CASE(a_group_of_a_tree_that_is_gone_ends_with_what_is_stored) {
    begin_to_store_many();
    const std::uint64_t ahead = revision_of("big/f0");
    const auto paths = publisher.take_pending();
    BOOST_TEST(paths.size() > 2000U);
    store_all();

    BOOST_TEST(catalog.newest_revision() == ahead);
    BOOST_TEST(!is_published("big/f999"));
}

BOOST_AUTO_TEST_CASE(as_many_deletions_are_forgotten_in_steps) {
    begin_to_store_many();
    store_all();
    FindingSet deletions;
    for (int i = 0; i < files; ++i)
        deletions.add({"big/f" + std::to_string(i), {.deleted = true}});
    publisher.publish_together(std::move(deletions));
    store_all();
    BOOST_TEST(catalog.find("big/f0").has_value());

    BOOST_TEST(publisher.forget_some());
    while (publisher.forget_some()) {
    }
    BOOST_TEST(!catalog.find("big/f0").has_value());
    BOOST_TEST(!catalog.find("big/f2999").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
