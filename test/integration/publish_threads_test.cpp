// The publish protocol with writer and readers as threads over one mapping, so that
// ThreadSanitizer sees both sides of every word; and the same over two mappings.
#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_mapping.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <thread>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

/// A record of which every field is told by its revision: a mixture shows.
Record telling_record(std::uint64_t revision) {
    Record record = present_record(revision, revision * 3);
    record.inode = revision ^ 0x5555;
    record.mtime_ns = static_cast<std::int64_t>(revision * 5);
    record.ctime_mark = static_cast<std::uint32_t>(revision * 7);
    record.date_floor = static_cast<std::uint32_t>(revision * 11);
    record.device = static_cast<std::uint32_t>(revision);
    record.mode = static_cast<std::uint16_t>(revision);
    record.sha256.fill(static_cast<std::uint8_t>(revision));
    return record;
}

bool is_whole(const Record& record) {
    if (record.state == FileState::deleted || record.state == FileState::directory)
        return record == deleted_record(record.change_revision) ||
               record.state == FileState::directory || record.change_revision == 0;
    return record == telling_record(record.change_revision);
}

struct Fixture : ObjectFixture {
    /// Runs `write` here while each of `readers` runs again and again in a thread of its own.
    void run(
        CatalogWriter& writer,
        bool one_mapping,
        const std::vector<std::function<void(const CatalogReader&)>>& readers,
        const std::function<void()>& write
    ) {
        std::vector<CatalogReader> attached;
        for (std::size_t i = 0; i < readers.size(); ++i)
            attached.push_back(
                one_mapping ? CatalogReader::attach(writer.mapping())
                            : CatalogReader::attach(directory).value()
            );
        std::atomic<bool> done{false};
        std::atomic<std::size_t> running{0};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < readers.size(); ++i)
            threads.emplace_back([&, i] {
                ++running;
                do
                    readers[i](attached[i]);
                while (!done);
            });
        while (running < readers.size())
            std::this_thread::yield();
        write();
        done = true;
        for (std::thread& thread : threads)
            thread.join();
    }

    std::atomic<int> errors{0};  // Boost.Test's own checks are for one thread
};

const bool mappings[] = {true, false};

/// Long enough for a reader to be interrupted in the middle of everything.
void hammer(const std::function<void()>& write) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    while (std::chrono::steady_clock::now() < end)
        for (int i = 0; i < 100; ++i)
            write();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(publish_threads, Fixture)

BOOST_AUTO_TEST_CASE(a_record_is_never_a_mixture_and_never_older_than_the_header) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory);
        std::vector<FileId> files;
        for (int i = 0; i < 4; ++i) {
            files.push_back(writer.find_or_make("dir/" + std::to_string(i)).value());
            CatalogPublication publication(writer, 0);
            publication.announce(files.back(), telling_record(publication.revision()));
        }
        const auto by_id = [&](const CatalogReader& reader) {
            const auto newest = reader.newest_revision();
            std::uint64_t most = 0;
            for (const FileId file : files) {
                const auto record = reader.read(file);
                errors += !record || !is_whole(*record);
                most = std::max(most, record ? record->change_revision : 0);
            }
            errors += most < newest;
            errors += most > reader.claimed_revision();
        };
        const auto by_path = [&](const CatalogReader& reader) {
            const auto found = reader.find("dir/2");
            errors += !found || found->file != files[2] || !is_whole(found->record);
            errors += reader.path(files[1]) != "dir/1";
        };
        run(writer, one_mapping, {by_id, by_path}, [&] {
            std::size_t next = 0;
            hammer([&] {
                CatalogPublication publication(writer, 0);
                publication.announce(files[next++ % 4], telling_record(publication.revision()));
            });
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_record_updated_without_pause_is_never_a_mixture) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory);
        const FileId file = writer.find_or_make("file").value();
        const auto by_id = [&](const CatalogReader& reader) {
            const auto record = reader.read(file);
            errors += !record || !is_whole(*record);
        };
        run(writer, one_mapping, {by_id, by_id}, [&] {
            std::uint64_t revision = 0;
            const CatalogPublication claims_all_below(writer, 1'000'000'000'000);
            hammer([&] {
                writer.store(file, telling_record(++revision));
            });
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(no_change_is_missed_by_who_follows_the_log) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 64});
        std::uint64_t last = writer.newest_revision();
        std::uint64_t followed = last;
        std::map<FileId, std::uint64_t> known;
        std::atomic<int> walks{0};
        const auto follow = [&](const CatalogReader& reader) {
            const auto newest = reader.newest_revision();
            std::vector<LogRecord> changes;
            if (reader.changes_since(followed, changes)) {
                std::uint64_t revision = followed;
                for (const LogRecord& change : changes) {
                    errors += change.revision < revision;
                    revision = change.revision;
                    // An entry that is being forgotten reads as never announced for a moment.
                    const auto record = reader.read(change.file);
                    if (record && record->change_revision != 0) {
                        errors += record->change_revision < change.revision;
                        known[change.file] = record->change_revision;
                    } else {
                        errors += reader.forgotten_revision() < change.revision;
                        known.erase(change.file);
                    }
                }
            } else {
                ++walks;
                known.clear();
                reader.walk([&](FileId file, const Record& record) {
                    known[file] = record.change_revision;
                    return true;
                });
            }
            followed = newest;
        };
        run(writer, one_mapping, {follow}, [&] {
            std::mt19937 random(1);
            for (int i = 0; i < 10'000; ++i) {
                CatalogPublication publication(writer, 0);
                const auto revision = publication.revision();
                const auto changes = i % 100 == 0 ? 200 : 1 + random() % 3;
                for (std::uint64_t n = 0; n < changes; ++n)
                    publication.announce(
                        writer.find_or_make("f" + std::to_string(random() % 300)).value(),
                        random() % 4 == 0 ? deleted_record(revision) : telling_record(revision)
                    );
                publication.commit();
                if (i % 16 == 0)
                    std::this_thread::yield();
            }
            last = writer.newest_revision();
        });
        follow(reader());
        BOOST_TEST(errors == 0);
        BOOST_TEST(followed == last);
        BOOST_TEST_MESSAGE(walks << " walks");
        reader().walk([&](FileId file, const Record& record) {
            BOOST_TEST((known[file] == record.change_revision));
            return true;
        });
    }
}

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
