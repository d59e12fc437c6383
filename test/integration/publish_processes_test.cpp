// The publish protocol between processes: a writer that is killed at any moment, again and again,
// leaves a catalog that readers read on and that its successor takes over.
#include "test/support/object_fixture.hpp"
#include "test/support/poll_until.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

constexpr std::size_t steady_files = 20;

/// What the writer's process has told of, in memory that outlives it.
struct Told {
    std::atomic<std::uint64_t> epoch{0};
    std::atomic<std::uint64_t> committed{0};
    std::atomic<bool> ready{false};
    std::array<std::atomic<std::uint64_t>, steady_files> revisions{};  // of the steady files
};

class SharedTold {
public:
    SharedTold()
        : told_(new (::mmap(
              nullptr,
              sizeof(Told),
              PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS,
              -1,
              0
          )) Told) {}
    SharedTold(const SharedTold&) = delete;
    SharedTold& operator=(const SharedTold&) = delete;
    ~SharedTold() { ::munmap(told_, sizeof(Told)); }
    Told* operator->() const { return told_; }

private:
    Told* told_;
};

std::string steady_name(std::size_t i) {
    return "steady/" + std::to_string(i) + std::string(i % 2 == 0 ? 50 : 0, 's');
}

Record telling_record(std::uint64_t revision) {
    Record record = present_record(revision, revision ^ 0x33);
    record.inode = revision + 1;
    record.sha256.fill(static_cast<std::uint8_t>(revision));
    return record;
}

bool is_whole(const Record& record) {
    if (record.state == FileState::present)
        return record == telling_record(record.change_revision);
    return record.state == FileState::directory || record == deleted_record(record.change_revision);
}

/// Publishes at random until it is killed: steady files, temporary ones, directories that come
/// and go, large publications, entries that are given back.
[[noreturn]] void
write_until_killed(const ObjectDirectory& directory, const SharedTold& told, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    CatalogWriter writer(directory, {.log_slots = 256});
    told->epoch = writer.epoch();
    told->ready = true;
    for (std::uint64_t round = 0;; ++round) {
        std::vector<std::size_t> steady;
        CatalogPublication publication(writer, 0);
        const auto revision = publication.revision();
        for (std::uint64_t n = random() % 4; n > 0; --n) {
            steady.push_back(random() % steady_files);
            publication.announce(
                writer.find_or_make(steady_name(steady.back())).value(),
                telling_record(revision)
            );
        }
        for (std::uint64_t n = random() % 32 == 0 ? 400 : random() % 4; n > 0; --n) {
            const std::string name = "dir" + std::to_string(random() % 5) + "/" +
                                     std::to_string(random() % 3000) +
                                     std::string(random() % 2 * 45, 'l');
            const FileId file = writer.find_or_make(name).value();
            if (random() % 3 == 0)
                publication.announce(file, telling_record(revision));
            else if (writer.read(file).state == FileState::present)
                publication.announce(file, deleted_record(revision));
            else
                writer.discard(file);
        }
        publication.commit();
        for (const std::size_t i : steady)
            told->revisions[i] = revision;
        told->committed = revision;
        const std::string path = "dir" + std::to_string(random() % 5);
        static_cast<void>(writer.set_directory(path, random() % 2 == 0));
    }
}

struct Killed : ObjectFixture {
    SharedTold told;

    void check(const CatalogReader& reader) const {
        BOOST_TEST(reader.newest_revision() >= told->committed);
        BOOST_TEST(reader.newest_revision() <= reader.claimed_revision());
        for (std::size_t i = 0; i < steady_files; ++i) {
            const std::uint64_t revision = told->revisions[i];
            const auto found = reader.find(steady_name(i));
            if (revision == 0)
                continue;
            BOOST_REQUIRE(found);
            BOOST_TEST((found->record.state == FileState::present));
            BOOST_TEST(found->record.change_revision >= revision);
        }
        std::set<std::string> paths;
        reader.walk([&](FileId file, const Record& record) {
            BOOST_TEST((record.change_revision == 0 || is_whole(record)));
            const auto path = reader.path(file);
            BOOST_REQUIRE(path);
            BOOST_TEST(paths.insert(*path).second, *path);
            return true;
        });
    }

    /// What only a catalog between two writers has: every entry is found by its path.
    void check_adopted() const {
        const CatalogWriter writer(directory);
        BOOST_REQUIRE(writer.adopted());
        const CatalogReader reader = this->reader();
        check(reader);
        BOOST_TEST(reader.newest_revision() == writer.newest_revision());
        std::uint64_t files = 0;
        reader.walk([&](FileId file, const Record& record) {
            const auto found = reader.find(*reader.path(file));
            BOOST_TEST((found && found->file == file));
            BOOST_TEST(record.change_revision != 0U);
            BOOST_TEST(record.change_revision <= reader.newest_revision());
            files += record.state == FileState::present;
            return true;
        });
        BOOST_TEST(writer.files() == files);
        std::uint64_t below = 0;
        writer.for_each_below("", [&](FileId, const Record& record) {
            below += record.state == FileState::present;
        });
        BOOST_TEST(below == files);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(publish_processes, Killed)

BOOST_AUTO_TEST_CASE(a_writer_killed_at_any_moment_leaves_a_sound_catalog) {
    const std::uint64_t seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::optional<CatalogReader> reader;
    std::uint64_t epoch = 0;
    for (int round = 0; round < 150; ++round) {
        told->ready = false;
        const std::uint64_t child_seed = random();
        const pid_t child = ::fork();
        if (child == 0)
            write_until_killed(directory, told, child_seed);
        // Sometimes in the middle of taking over.
        if (round % 4 != 3)
            BOOST_REQUIRE(poll_until([&] {
                return told->ready.load();
            }));
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 4000);
        while (std::chrono::steady_clock::now() < end)
            if (reader)
                for (std::size_t i = 0; i < steady_files; ++i)
                    if (const auto found = reader->find(steady_name(i)))
                        BOOST_TEST((found->record.change_revision == 0 || is_whole(found->record)));
        ::kill(child, SIGKILL);
        BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);

        if (!reader) {
            reader.emplace(this->reader());
            epoch = told->epoch;
        }
        BOOST_TEST(told->epoch == epoch);
        BOOST_TEST(!reader->daemon_alive());
        BOOST_TEST(reader->still_current(directory));
        check(*reader);
        if (round % 3 == 0)
            check_adopted();
    }
}

BOOST_AUTO_TEST_CASE(a_reader_in_another_process_follows_every_change) {
    CatalogWriter writer(directory, {.log_slots = 128});
    constexpr int publications = 20'000;
    publish(writer, "end");
    const pid_t child = ::fork();
    if (child == 0) {
        const CatalogReader reader = this->reader();
        std::uint64_t cursor = 0;
        std::vector<LogRecord> changes;
        for (bool done = false; !done;) {
            const std::uint64_t newest = reader.newest_revision();
            changes.clear();
            const bool reached = reader.changes_since(cursor, changes);
            for (const LogRecord& change : changes) {
                const auto record = reader.read(change.file);
                if (!record || record->change_revision < change.revision)
                    ::_exit(1);
            }
            if (!reached)
                reader.walk([](FileId, const Record&) {
                    return true;
                });
            cursor = newest;
            done = reader.find("end")->record.state == FileState::deleted &&
                   cursor >= reader.find("end")->record.change_revision;
        }
        for (int i = 0; i < 100; ++i) {
            const auto found = reader.find("f/" + std::to_string(i));
            if (!found || found->record.size != static_cast<unsigned>(publications - 100 + i))
                ::_exit(2);
        }
        ::_exit(0);
    }
    for (int i = 0; i < publications; ++i)
        publish(writer, "f/" + std::to_string(i % 100), static_cast<unsigned>(i));
    publish_deletion(writer, writer.find("end").value());
    int status = -1;
    BOOST_REQUIRE(poll_until([&] {
        return ::waitpid(child, &status, WNOHANG) == child;
    }));
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
