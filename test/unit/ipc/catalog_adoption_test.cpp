#include "test/unit/ipc/catalog_adoption_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(catalog_adoption, treecast::test::catalog_adoption_cases::AdoptedCatalog)

using namespace treecast::test::catalog_adoption_cases;

BOOST_AUTO_TEST_CASE(a_successor_takes_over_everything) {
    const CatalogReader before = reader();
    CatalogWriter writer(directory);

    BOOST_TEST(writer.adopted());
    BOOST_TEST(writer.epoch() == epoch);
    BOOST_TEST(writer.newest_revision() == newest);
    BOOST_TEST(writer.files() == 4U);
    for (const auto& [path, file] : files) {
        BOOST_TEST((writer.find(path) == file), path);
        BOOST_TEST((before.find(path)->file == file), path);
    }
    BOOST_TEST(writer.children("a").size() == 2U);
    BOOST_TEST(writer.children("").size() == 4U);
    BOOST_TEST((publish(writer, "a/four") != files["a/one"]));
    BOOST_TEST(before.find("a/four").has_value());
    BOOST_TEST(before.still_current(directory));
}

BOOST_AUTO_TEST_CASE(many_successions_need_no_more_room) {
    std::uint64_t capacity = 0;
    for (int i = 0; i < 20; ++i) {
        CatalogWriter writer(directory);
        BOOST_REQUIRE(writer.adopted());
        if (i == 1)
            capacity = writer.capacity_bytes();
        if (i > 1)
            BOOST_TEST(writer.capacity_bytes() == capacity);
    }
}

BOOST_AUTO_TEST_CASE(what_was_never_announced_is_given_back) {
    {
        CatalogWriter writer(directory);
        BOOST_REQUIRE(writer.find_or_make("a/loading"));
        BOOST_REQUIRE(!writer.set_directory("kept", true));
    }
    CatalogWriter writer(directory);
    BOOST_TEST(!writer.find("a/loading"));
    BOOST_TEST(writer.find("kept").has_value());
    BOOST_TEST(writer.children("a").size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_slot_whose_entry_was_not_finished_serves_for_any_other) {
    // Killed between the name's length and the store that makes the entry real.
    std::uint32_t fresh = 0;
    for (const auto& [path, file] : files)
        fresh = std::max(fresh, file.slot() + 2);
    for (std::uint32_t slot = fresh; slot < fresh + 4; ++slot)
        raw().set(raw().entry(slot, entry_identity), pack_pair(1, 10));
    const std::string name(150, 'n');
    {
        CatalogWriter writer(directory);
        BOOST_REQUIRE(writer.adopted());
        for (int i = 0; i < 4; ++i)
            publish(writer, name + std::to_string(i));
    }
    const CatalogWriter writer(directory);
    BOOST_TEST(writer.adopted());
    BOOST_TEST(writer.find(name + "3").has_value());
}

BOOST_AUTO_TEST_CASE(without_room_for_another_index_the_old_one_is_kept) {
    {
        // One path is not listed, as after a kill between entry and index; one slot is stale.
        const RawCatalog raw = this->raw();
        const auto index = RegionDescriptor::unpack(raw.header(HeaderWord::index));
        const PathHash hash = hash_path(epoch, "a/one");
        const std::uint64_t listed = pack_index_slot(hash.tag, slot("a/one"));
        // The epoch is drawn anew each time, and with it who has whose place and stands behind it.
        std::uint64_t step = 0;
        const auto place = [&] {
            return index.page * page_words + ((hash.position + step) & (index.slots() - 1));
        };
        while (step < index.slots() && raw.word(place()) != listed)
            ++step;
        BOOST_REQUIRE(step < index.slots());
        raw.set(place(), pack_index_slot(hash.tag, 4000));
    }
    // A limit on the object's length stands in for a full tmpfs.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{raw().header(HeaderWord::capacity), before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    {
        CatalogWriter writer(directory);
        BOOST_TEST(writer.adopted());
        for (const auto& [path, file] : files)
            BOOST_TEST((writer.find(path) == file), path);
        for (int i = 0; i < 1000; ++i)
            publish(writer, "more/" + std::to_string(i));
        for (int i = 0; i < 1000; ++i)
            BOOST_TEST(writer.find("more/" + std::to_string(i)).has_value());
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_DFL);
    BOOST_TEST(CatalogWriter(directory).adopted());
}

BOOST_AUTO_TEST_CASE(a_publication_that_was_cut_off_is_announced) {
    const CatalogReader before = reader();
    std::uint64_t revision = 0;
    {
        CatalogWriter writer(directory);
        NeverEnded<CatalogPublication> publication(writer, 0U);
        revision = publication->revision();
        publication->announce(files["a/one"], present_record(revision, 8));
        writer.store(files["a/two"], present_record(revision, 9));  // died before the log
    }
    BOOST_TEST(before.newest_revision() == newest);

    CatalogWriter writer(directory);
    BOOST_TEST(writer.adopted());
    BOOST_TEST(before.newest_revision() == revision);
    std::vector<LogRecord> changes;
    BOOST_TEST(before.changes_since(newest, changes));
    std::map<FileId, int> named;
    for (const LogRecord& change : changes)
        ++named[change.file];
    BOOST_TEST(named[files["a/one"]] >= 1);
    BOOST_TEST(named[files["a/two"]] >= 1);
    BOOST_TEST(named.size() == 2U);
    BOOST_TEST(CatalogPublication(writer, 0).revision() > revision);
}

BOOST_AUTO_TEST_CASE(a_publication_that_was_cut_off_while_others_were_made_is_announced) {
    const CatalogReader before = reader();
    std::uint64_t ahead = 0;
    std::uint64_t edit = 0;
    {
        CatalogWriter writer(directory);
        NeverEnded<CatalogPublication> long_one(writer, 0U, CatalogPublication::Claim::ahead);
        ahead = long_one->revision();
        writer.store(files["a/one"], present_record(ahead, 8));
        CatalogPublication publication(writer, 0U);
        edit = publication.revision();
        publication.announce(files["b/c/three"], present_record(edit, 9));
    }
    BOOST_TEST(before.newest_revision() == edit);
    BOOST_TEST(edit < ahead);

    CatalogWriter writer(directory);
    BOOST_TEST(writer.adopted());
    BOOST_TEST(before.newest_revision() == ahead);
    std::vector<LogRecord> changes;
    BOOST_TEST(before.changes_since(edit, changes));
    BOOST_TEST_REQUIRE(changes.size() == 1U);
    BOOST_TEST((changes.front().file == files["a/one"]));
    BOOST_TEST(CatalogPublication(writer, 0).revision() > ahead);
}

BOOST_AUTO_TEST_CASE(a_deletion_that_was_taken_over_is_forgotten_in_time) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    for (int i = 0; i < 100; ++i)
        publish(writer, "busy");
    BOOST_TEST(!reader.find("gone"));
    BOOST_TEST(reader.forgotten_revision() == newest);
}

BOOST_AUTO_TEST_CASE(a_log_that_makes_no_sense_is_emptied) {
    {
        const RawCatalog raw = this->raw();
        const auto log = RegionDescriptor::unpack(raw.header(HeaderWord::log));
        raw.set(log.page * page_words + 2, newest + 100);
    }
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    BOOST_TEST(writer.adopted());
    std::vector<LogRecord> changes;
    BOOST_TEST(!reader.changes_since(newest - 1, changes));
    BOOST_TEST(reader.changes_since(newest, changes));
    publish(writer, "a/one");
    BOOST_TEST(reader.changes_since(newest, changes));
    BOOST_TEST(changes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_is_no_damage) {
    const std::uint64_t future = std::uint64_t{1} << 60;
    {
        CatalogWriter writer(directory);
        CatalogPublication publication(writer, future);
        publication.announce(files["a/one"], present_record(publication.revision()));
    }
    CatalogWriter writer(directory);
    BOOST_TEST(writer.adopted());
    BOOST_TEST(CatalogPublication(writer, 0).revision() == future + 1);
}

BOOST_AUTO_TEST_SUITE_END()
