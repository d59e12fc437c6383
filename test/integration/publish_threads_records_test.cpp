#include "test/integration/publish_threads_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(publish_threads, treecast::test::publish_threads_cases::Fixture)

using namespace treecast::test::publish_threads_cases;

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

BOOST_AUTO_TEST_SUITE_END()
