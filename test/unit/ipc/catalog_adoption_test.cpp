// What a successor takes over, and what it refuses to.
#include "ipc/catalog_layout.hpp"
#include "test/support/never_ended.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <map>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

constexpr std::uint64_t day_us = std::uint64_t{24} * 3600 * 1000 * 1000;

/// The catalog object as a file of words, to be looked at and damaged.
class RawCatalog {
public:
    explicit RawCatalog(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        BOOST_REQUIRE(fd_);
    }
    std::uint64_t word(std::uint64_t index) const {
        std::uint64_t value = 0;
        BOOST_REQUIRE(::pread(fd_.get(), &value, 8, static_cast<off_t>(index * 8)) == 8);
        return value;
    }
    void set(std::uint64_t index, std::uint64_t value) const {
        BOOST_REQUIRE(::pwrite(fd_.get(), &value, 8, static_cast<off_t>(index * 8)) == 8);
    }
    std::uint64_t header(HeaderWord index) const { return word(static_cast<std::uint64_t>(index)); }
    void set_header(HeaderWord index, std::uint64_t value) const {
        set(static_cast<std::uint64_t>(index), value);
    }
    /// Index of a word of an entry; of its valid record for `record_word`.
    std::uint64_t entry(std::uint32_t slot, std::uint32_t index) const {
        return word(chunk_table_word + slot / chunk_slots) * page_words +
               std::uint64_t{slot % chunk_slots} * entry_words + index;
    }
    std::uint64_t record_word(std::uint32_t slot, std::uint32_t index) const {
        const std::uint64_t selector = word(entry(slot, entry_selector));
        return entry(slot, entry_records) + (selector & 1) * record_words + index;
    }
    void truncate(off_t bytes) const { BOOST_REQUIRE(::ftruncate(fd_.get(), bytes) == 0); }

private:
    UniqueFd fd_;
};

struct AdoptedCatalog : ObjectFixture {
    /// A catalog with some of everything, whose writer is gone.
    AdoptedCatalog() {
        CatalogWriter writer(directory, {.log_slots = 64});
        epoch = writer.epoch();
        for (const char* path : {"a/one", "a/two", "b/c/three"})
            files[path] = publish(writer, path, 7);
        files[long_path] = publish(writer, long_path, 7);
        files["gone"] = publish(writer, "gone");
        publish_deletion(writer, files["gone"]);
        newest = writer.newest_revision();
    }
    RawCatalog raw() const { return RawCatalog(catalog_path()); }
    std::uint32_t slot(const std::string& path) const { return files.at(path).slot(); }

    std::string long_path = std::string(100, 'l') + "/x";
    std::map<std::string, FileId> files;
    std::uint64_t epoch = 0;
    std::uint64_t newest = 0;
};

struct Damage {
    const char* what;
    std::function<void(const AdoptedCatalog&, const RawCatalog&)> inflict;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_adoption, AdoptedCatalog)

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
