// Readers over words that nobody made: whatever they answer, they come back and touch nothing
// that is not there. Worth most under AddressSanitizer.
#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_mapping.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <ctime>
#include <random>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

std::chrono::nanoseconds time_since_boot() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct DamagedCatalog : ObjectFixture {
    DamagedCatalog() {
        CatalogWriter writer(directory, {.log_slots = 64});
        for (int i = 0; i < 200; ++i)
            paths.push_back(
                "dir" + std::to_string(i % 7) + "/" + std::to_string(i) +
                std::string(i % 3 == 0 ? 80 : 0, 'l')
            );
        for (const std::string& path : paths)
            files.push_back(publish(writer, path));
        publish_deletion(writer, files[3]);
    }

    /// Everything a reader can be asked.
    void use(const CatalogReader& reader) const {
        for (const std::string& path : paths)
            static_cast<void>(reader.find(path));
        for (const FileId file : files) {
            static_cast<void>(reader.read(file));
            const auto path = reader.path(file);
            BOOST_TEST((!path || path->size() < 4096));
        }
        for (const std::uint32_t slot : {0U, 4095U, 4096U, 0xffffffffU})
            static_cast<void>(reader.path(FileId{slot}));
        std::vector<LogRecord> changes;
        for (const std::uint64_t after : {std::uint64_t{0}, std::uint64_t{190}, ~std::uint64_t{0}})
            static_cast<void>(reader.changes_since(after, changes));
        reader.walk([](FileId, const Record&) {
            return true;
        });
        for (const char* prefix : {"", "d", "dir3/", "dir3/1"})
            reader.walk_below(prefix, [&](FileId, const Record&, std::string_view path) {
                BOOST_TEST((path.starts_with(prefix) && path.size() < 4096));
                return true;
            });
        static_cast<void>(reader.header());
        const auto age = reader.heartbeat_age();
        BOOST_TEST((age <= time_since_boot()));
        static_cast<void>(reader.still_current(directory));
        static_cast<void>(reader.daemon_alive());
    }

    std::vector<std::string> paths;
    std::vector<FileId> files;
};

/// The catalog's words, writable; undone at the end of its life.
class Tampering {
public:
    explicit Tampering(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        struct stat status {};
        BOOST_REQUIRE(::fstat(fd_.get(), &status) == 0);
        bytes_ = static_cast<std::size_t>(status.st_size);
        void* address = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
        BOOST_REQUIRE(address != MAP_FAILED);
        words_ = static_cast<Word*>(address);
        for (std::size_t i = 0; i < bytes_ / 8; ++i)
            sound_.push_back(words_[i].load());
    }
    ~Tampering() { ::munmap(words_, bytes_); }
    std::size_t words() const { return bytes_ / 8; }
    std::uint64_t word(std::size_t index) const { return words_[index].load(); }
    void set(std::size_t index, std::uint64_t value) { words_[index].store(value); }
    void undo() {
        for (std::size_t i = 0; i < sound_.size(); ++i)
            words_[i].store(sound_[i]);
    }

private:
    UniqueFd fd_;
    std::size_t bytes_ = 0;
    Word* words_ = nullptr;
    std::vector<std::uint64_t> sound_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_damage, DamagedCatalog)

BOOST_AUTO_TEST_CASE(every_header_word_may_be_anything) {
    const CatalogReader reader = this->reader();
    Tampering tampering(catalog_path());
    for (std::size_t index = 0; index < 24; ++index) {
        const std::uint64_t sound = tampering.word(index);
        for (const std::uint64_t value :
             {std::uint64_t{0},
              std::uint64_t{1},
              sound + 1,
              sound ^ std::uint64_t{31} << 32,
              sound << 8,
              ~std::uint64_t{0},
              ~std::uint64_t{0} / 4096}) {
            tampering.set(index, value);
            use(reader);
        }
        tampering.set(index, sound);
    }
    use(reader);
    BOOST_TEST(reader.find(paths[0]).has_value());
}

BOOST_AUTO_TEST_CASE(random_words_anywhere_do_no_harm) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const CatalogReader reader = this->reader();
    Tampering tampering(catalog_path());
    for (int round = 0; round < 25; ++round) {
        const std::size_t flips = std::size_t{1} << random() % 14;
        for (std::size_t i = 0; i < flips; ++i) {
            // Mostly where there is something: in the header, the tables, the used slots.
            const std::size_t range = random() % 4 == 0 ? tampering.words() : 0x2000;
            const std::size_t base = random() % 2 == 0 ? 0 : tampering.words() - range;
            const std::size_t index = std::min(base + random() % range, tampering.words() - 1);
            const std::uint64_t word = tampering.word(index);
            const std::uint64_t values[] = {
                random(),
                random() % 100000,
                word ^ std::uint64_t{1} << random() % 64,
                0,
            };
            tampering.set(index, values[random() % 4]);
        }
        use(reader);
        const auto again = CatalogReader::attach(directory);
        if (again)
            use(*again);
        tampering.undo();
    }
    use(reader);
}

BOOST_AUTO_TEST_CASE(random_damage_is_adopted_soundly_or_not_at_all) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    int adopted = 0;
    for (int round = 0; round < 30; ++round) {
        const DamagedCatalog catalog;
        {
            Tampering tampering(catalog.catalog_path());
            for (std::size_t i = 0; i < 1 + random() % 3; ++i) {
                const std::size_t index =
                    random() % 2 == 0 ? random() % 64 : tampering.words() - 1 - random() % 0x22000;
                tampering.set(index, tampering.word(index) ^ std::uint64_t{1} << random() % 64);
            }
        }
        CatalogWriter writer(catalog.directory);
        adopted += writer.adopted();
        for (const std::string& path : catalog.paths)
            publish(writer, path);
        const CatalogReader reader = catalog.reader();
        for (const std::string& path : catalog.paths)
            BOOST_TEST(reader.find(path).has_value());
        BOOST_TEST(writer.files() >= catalog.paths.size());
    }
    BOOST_TEST_MESSAGE(adopted << " of 30 adopted");
}

BOOST_AUTO_TEST_CASE(a_capacity_that_is_a_lie_is_held_against_the_length) {
    const CatalogReader reader = this->reader();
    Tampering tampering(catalog_path());
    tampering.set(static_cast<std::size_t>(HeaderWord::capacity), std::uint64_t{1} << 33);
    const std::uint64_t beyond = (tampering.words() / page_words) + 100;
    tampering.set(chunk_table_word, beyond);
    use(reader);
    tampering.set(
        static_cast<std::size_t>(HeaderWord::index),
        RegionDescriptor{static_cast<std::uint32_t>(beyond), 12, 0}.pack()
    );
    use(reader);
    BOOST_TEST(!reader.find(paths[0]));
}

BOOST_AUTO_TEST_SUITE_END()
