#include "daemon/eviction.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t page = 4096;

/// "a", "b" and "c", used in this order, fill the limit with one page each.
struct EvictionFixture : ObjectFixture {
    EvictionFixture() {
        for (const char* path : {"a", "b", "c"})
            load(path, start);
    }
    void load(const char* path, Clock::time_point when) {
        ipc::CatalogPublication publication(catalog, 0);
        ipc::Record record = present_record(publication.revision(), 1);
        record.resident = true;
        const ipc::FileId file = catalog.find_or_make(path).value();
        publication.announce(file, record);
        residency.add(file, 1, when);
    }
    std::string resident() const {
        std::string names;
        for (const char* path : {"a", "b", "c"})
            if (catalog.read(catalog.find(path).value()).resident)
                names += path;
        return names;
    }

    const Clock::time_point start = Clock::time_point() + 1000h;
    ipc::CatalogWriter catalog{directory};
    ipc::DaemonQueues queues{directory, 1};
    Residency residency{3 * ipc::segment_cost(1)};
    PublicationGroups groups;
    Publisher publisher{directory, catalog, queues, residency, groups};
    Eviction eviction{catalog, publisher, residency};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(eviction_, EvictionFixture)

BOOST_AUTO_TEST_CASE(room_is_made_for_the_content_that_is_about_to_be_loaded) {
    using Room = Eviction::Room;
    struct Row {
        const char* what;
        std::string path;
        std::uint64_t size;
        Clock::duration later;
        Room room;
        std::string left;
    };
    const Row rows[] = {
        {"the least recently used goes", "new", 1, 2s, Room::found, "bc"},
        {"its own old content counts as gone", "a", 1, 2s, Room::found, "abc"},
        {"two pages", "new", page + 1, 2s, Room::found, "c"},
        {"its own and another", "b", page + 1, 2s, Room::found, "bc"},
        {"larger than the limit", "new", 4 * page, 2s, Room::too_small, "abc"},
        {"what was just loaded stays", "new", 1, 999ms, Room::none_at_the_moment, "abc"},
    };

    for (const Row& row : rows) {
        for (const char* path : {"a", "b", "c"})
            load(path, start);
        BOOST_TEST(
            (eviction.make_room(row.path, row.size, start + row.later) == row.room),
            row.what
        );
        BOOST_TEST(resident() == row.left, row.what);
    }
}

BOOST_AUTO_TEST_CASE(full_memory_is_emptied_of_all_that_may_go) {
    struct Row {
        const char* what;
        std::string path;
        std::uint64_t size;
        Clock::duration later;
        bool has_evicted;
        std::string left;
    };
    constexpr std::uint64_t beyond_all_memory = std::uint64_t{1} << 60;
    const Row rows[] = {
        {"for a new file", "new", 1, 2s, true, ""},
        {"its own too, if that makes enough room", "a", 1, 2s, true, ""},
        {"its own is still served if not", "a", beyond_all_memory, 2s, true, "a"},
        {"what was just loaded stays", "new", 1, 999ms, false, "abc"},
    };

    for (const Row& row : rows) {
        for (const char* path : {"a", "b", "c"})
            load(path, start);
        BOOST_TEST(
            eviction.evict_all_but(row.path, row.size, start + row.later) == row.has_evicted,
            row.what
        );
        BOOST_TEST(resident() == row.left, row.what);
    }
}

BOOST_AUTO_TEST_CASE(only_its_own_content_is_nothing_to_evict) {
    for (const char* path : {"b", "c"})
        publisher.evict(catalog.find(path).value());
    BOOST_TEST(!eviction.evict_all_but("a", std::uint64_t{1} << 60, start + 2s));
    BOOST_TEST(resident() == "a");
}

BOOST_AUTO_TEST_CASE(contents_may_be_evicted_soon_after_they_were_loaded) {
    BOOST_TEST(eviction.may_free_soon(start + 999ms));
    BOOST_TEST(!eviction.may_free_soon(start + 1s));
}

BOOST_AUTO_TEST_SUITE_END()
