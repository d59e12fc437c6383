#include "test/integration/publish_threads_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(publish_threads, treecast::test::publish_threads_cases::Fixture)

using namespace treecast::test::publish_threads_cases;

BOOST_AUTO_TEST_CASE(what_is_there_all_the_time_is_found_while_the_index_is_rebuilt) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 16});
        std::vector<std::string> steady;
        for (int i = 0; i < 50; ++i) {
            steady.push_back("steady" + std::to_string(i) + "/" + std::string(50, 'l') + "/file");
            const auto file = writer.find_or_make(steady.back()).value();
            CatalogPublication publication(writer, 0);
            publication.announce(file, telling_record(publication.revision()));
        }
        const auto look_up = [&](const CatalogReader& reader) {
            for (const std::string& path : steady) {
                const auto found = reader.find(path);
                errors += !found || !is_whole(found->record);
                errors += found && reader.path(found->file) != path;
            }
            errors += reader.find("steady7/never").has_value();
        };
        run(writer, one_mapping, {look_up}, [&] {
            for (int i = 0; i < 30'000; ++i)
                publish(writer, "new/" + std::to_string(one_mapping) + std::to_string(i));
            for (const FileId file : writer.children("new"))
                publish_deletion(writer, file);
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_miss_counts_only_in_the_current_index) {
    CatalogWriter writer(directory);
    publish(writer, "file");
    // What rebuilding does, as fast as it goes: fill the other table, switch, empty this one.
    auto* words = const_cast<Word*>(writer.mapping()->words());
    Word& current = words[static_cast<std::size_t>(HeaderWord::index)];
    const auto first = RegionDescriptor::unpack(current.load());
    RegionDescriptor second = first;
    second.page = RegionDescriptor::unpack(words[static_cast<std::size_t>(HeaderWord::log)]).page;
    const std::uint64_t position = hash_path(writer.epoch(), "file").position & (first.slots() - 1);
    const std::uint64_t entry = words[first.page * page_words + position];
    const auto look_up = [&](const CatalogReader& reader) {
        errors += !reader.find("file").has_value();
    };
    run(writer, true, {look_up, look_up}, [&] {
        RegionDescriptor here = first;
        RegionDescriptor there = second;
        hammer([&] {
            words[there.page * page_words + position].store(entry, std::memory_order_release);
            there.generation = (here.generation + 1) & 0xffffff;
            current.store(there.pack(), std::memory_order_release);
            words[here.page * page_words + position].store(0, std::memory_order_release);
            std::swap(here, there);
        });
    });
    BOOST_TEST(errors == 0);
}

BOOST_AUTO_TEST_CASE(an_id_reads_its_own_entry_or_nothing_while_slots_are_reused) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 16});
        // Names of both lengths, so that slots change between entry and end of a long name.
        const auto name = [](std::uint64_t i) {
            return "t/" + std::to_string(i) + std::string(i % 2 == 0 ? 60 : 0, 'x');
        };
        std::atomic<std::uint64_t> newest_id{0};
        std::atomic<std::uint64_t> newest_name{0};
        std::atomic<std::uint64_t> seen{0};
        const auto by_id = [&](const CatalogReader& reader) {
            const std::uint64_t number = newest_name;
            const FileId file{newest_id};
            if (newest_name != number || number == 0)
                return;
            const auto path = reader.path(file);
            errors += path && *path != name(number) && *path != name(number + 1);
            const auto record = reader.read(file);
            errors += record && !is_whole(*record);
            seen += path && record;
        };
        const auto by_path = [&](const CatalogReader& reader) {
            const std::uint64_t number = newest_name;
            if (const auto found = reader.find(name(number))) {
                errors += !is_whole(found->record);
                const auto path = reader.path(found->file);
                errors += path && *path != name(number);
            }
        };
        run(writer, one_mapping, {by_id, by_path}, [&] {
            for (std::uint64_t i = 1; i <= 30'000; ++i) {
                const auto file = writer.find_or_make(name(i)).value();
                newest_id = file.value;
                newest_name = i;
                {
                    CatalogPublication publication(writer, 0);
                    publication.announce(file, telling_record(publication.revision()));
                }
                publish_deletion(writer, file);
            }
        });
        BOOST_TEST(errors == 0);
        BOOST_TEST(seen > 0U);
    }
}

BOOST_AUTO_TEST_CASE(an_absence_is_told_by_forgotten) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 16});
        std::atomic<std::uint64_t> deleted_at{0};
        const auto ask = [&](const CatalogReader& reader) {
            const std::uint64_t revision = deleted_at;
            if (revision == 0)
                return;
            const auto found = reader.find("d/gone");
            // Whoever finds nothing learns here that a deletion may have been forgotten.
            errors += !found && reader.forgotten_revision() < revision;
        };
        run(writer, one_mapping, {ask}, [&] {
            for (int i = 0; i < 500; ++i) {
                deleted_at = publish_deletion(writer, publish(writer, "d/gone"));
                for (int n = 0; n < 20; ++n)
                    publish(writer, "busy");
                deleted_at = 0;
                // The reader may still hold the revision: it is older, so the check holds.
            }
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_heart_that_beats_while_it_is_asked_for_is_never_silent) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory);
        const auto ask = [&](const CatalogReader& reader) {
            errors += reader.heartbeat_age() > std::chrono::seconds(2);
        };
        run(writer, one_mapping, {ask, ask}, [&] {
            hammer([&] {
                writer.beat();
            });
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(the_reason_for_degraded_is_never_a_mixture) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory);
        writer.set_degraded("");  // an adopted one says something of its own
        const auto ask = [&](const CatalogReader& reader) {
            const std::string why = reader.header().degraded;
            errors += !why.empty() && why != std::string(why.size(), why[0]);
            errors += !why.empty() && why.size() != static_cast<std::size_t>(why[0]);
        };
        run(writer, one_mapping, {ask, ask}, [&] {
            unsigned next = 0;
            hammer([&] {
                ++next;
                writer.set_degraded(std::string(33 + next % 80, static_cast<char>(33 + next % 80)));
            });
            writer.set_degraded("");
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
