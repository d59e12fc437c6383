#include "proxy/representation/representation_cache.hpp"

#include "base/sha256.hpp"
#include "ipc/segment_writer.hpp"
#include "proxy/source/open_content.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(representation_cache)

namespace {

ipc::Record record_of(std::uint64_t revision, std::uint64_t size = 1) {
    ipc::Record record = present_record(revision, size);
    record.hash_known = true;
    record.resident = true;
    return record;
}

struct Fixture : ObjectFixture {
    Representation& get(std::uint64_t file, const ipc::Record& record = record_of(1)) {
        return cache.get({file}, record, 1, "path");
    }
    /// Publishes a segment of this size, and opens it.
    Representation& open(std::uint64_t file, std::uint64_t size) {
        const std::string bytes(size, 'x');
        auto segment = ipc::SegmentWriter::create(directory, file).value();
        BOOST_TEST_REQUIRE(!segment.write(bytes.data(), bytes.size()));
        BOOST_TEST_REQUIRE(!segment.publish({file}, 1));
        Representation& representation = get(file, record_of(1, size));
        BOOST_TEST_REQUIRE(!cache.open(representation, directory));
        return representation;
    }
    /// The first of the files 1 to `count` that are still held.
    std::uint64_t first_held(std::uint64_t count) const {
        for (std::uint64_t file = 1; file <= count; ++file)
            if (cache.holds({file}))
                return file;
        return 0;
    }

    Counters counters{};
    ContentTypes types;
    RepresentationCache cache{counters, types};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_same_version_has_one_representation, Fixture) {
    using Edit = void (*)(ipc::Record&);
    struct {
        const char* what;
        Edit edit;
        bool is_kept;
    } const cases[] = {
        {"nothing", [](ipc::Record&) {}, true},
        {"a touch of the mode",
         [](ipc::Record& record) {
             record.change_revision = 9;
         },
         true},
        {"evicted",
         [](ipc::Record& record) {
             record.resident = false;
         },
         true},
        {"other bytes",
         [](ipc::Record& record) {
             record.content_revision = 9;
         },
         false},
        {"another date",
         [](ipc::Record& record) {
             record.mtime_ns = 9;
         },
         false},
        {"another size",
         [](ipc::Record& record) {
             record.size = 9;
         },
         false},
        {"another hash",
         [](ipc::Record& record) {
             record.sha256 = sha256_of("9");
         },
         false},
    };
    for (const auto& each : cases) {
        const auto content = std::make_shared<Content>(UniqueFd(), "x", 1, counters);
        ipc::Record record = record_of(1);
        get(1, record).set_content(content);
        each.edit(record);

        BOOST_TEST((get(1, record).content() == content) == each.is_kept, each.what);

        cache.clear();
        BOOST_TEST(!cache.holds({1}), each.what);
    }
}

BOOST_FIXTURE_TEST_CASE(what_was_used_longest_ago_is_evicted_first, Fixture) {
    constexpr std::uint64_t max = RepresentationCache::entries_max;
    for (std::uint64_t file = 1; file <= max; ++file)
        get(file);
    BOOST_TEST(cache.holds({1}));
    get(1);  // used again

    get(max + 1);

    BOOST_TEST(cache.holds({1}));
    BOOST_TEST(!cache.holds({2}));
    BOOST_TEST(cache.holds({3}));
    BOOST_TEST(cache.holds({max + 1}));
}

BOOST_FIXTURE_TEST_CASE(a_content_that_is_being_sent_is_not_evicted, Fixture) {
    constexpr std::uint64_t max = RepresentationCache::entries_max;
    Representation& sent = get(1);
    sent.set_content(std::make_shared<Content>(UniqueFd(), "x", 1, counters));
    auto answer = sent.content();
    for (std::uint64_t file = 2; file <= max + 1; ++file)
        get(file);
    BOOST_TEST(cache.holds({1}));
    BOOST_TEST(!cache.holds({2}));

    answer.reset();
    get(max + 2);

    BOOST_TEST(!cache.holds({1}));
}

BOOST_FIXTURE_TEST_CASE(small_contents_take_a_limited_space, Fixture) {
    constexpr std::uint64_t size = heap_content_bytes_max;
    constexpr std::uint64_t fit = RepresentationCache::heap_bytes_max / size;
    for (std::uint64_t file = 1; file <= fit + 1; ++file)
        open(file, size);  // the last one exceeds the limit
    BOOST_TEST(first_held(fit) == 1U);

    get(fit + 2);
    BOOST_TEST(first_held(fit) == 2U);

    // Large contents are not on the heap.
    for (std::uint64_t file = fit + 3; file <= fit + 6; ++file)
        open(file, size + 1);
    BOOST_TEST(first_held(fit) == 2U);

    // What leaves takes its bytes along.
    cache.remove_superseded({2}, nullptr);
    open(fit + 7, size);
    get(fit + 8);
    BOOST_TEST(first_held(fit) == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_version_leaves_when_another_one_follows, Fixture) {
    const ipc::Record present = record_of(1);
    ipc::Record unavailable = present;
    unavailable.state = ipc::FileState::unavailable;
    const ipc::Record next = record_of(2);
    const ipc::Record deleted = deleted_record(2);
    struct {
        const char* what;
        const ipc::Record* record;
        bool is_held;
    } const cases[] = {
        {"the same", &present, true},
        {"the next version", &next, false},
        {"deleted", &deleted, false},
        {"unavailable", &unavailable, false},
        {"no entry", nullptr, false},
    };
    for (const auto& each : cases) {
        get(1, present);
        get(2, present);
        cache.remove_superseded({1}, each.record);
        cache.remove_superseded({3}, each.record);
        BOOST_TEST(cache.holds({1}) == each.is_held, each.what);
        BOOST_TEST(cache.holds({2}), each.what);
    }
}

BOOST_FIXTURE_TEST_CASE(a_large_content_that_leaves_while_it_is_sent_counts_as_pinned, Fixture) {
    constexpr std::uint64_t large = heap_content_bytes_max + 1;
    struct {
        std::uint64_t size;
        bool is_sent;
        std::uint64_t pinned;
    } const cases[] = {
        {large, true, large},
        {large, false, 0},
        {large - 1, true, 0},
    };
    for (const auto& each : cases) {
        auto answer = open(1, each.size).content();
        if (!each.is_sent)
            answer.reset();
        cache.remove_superseded({1}, nullptr);
        ipc::remove_segment(directory, {1}, 1);
        BOOST_TEST(counters.pinned_bytes == each.pinned, each.size);
        answer.reset();
        BOOST_TEST(counters.pinned_bytes == 0U, each.size);
    }
}

BOOST_FIXTURE_TEST_CASE(visits_say_what_is_kept_and_what_was_used, Fixture) {
    for (std::uint64_t file = 1; file <= 3; ++file)
        get(file);
    const auto used = [&] {
        std::vector<std::uint64_t> files;
        cache.keep_if([&](Representation& each) {
            if (each.exchange_used())
                files.push_back(each.file().value);
            return true;
        });
        return files;
    };
    using Files = std::vector<std::uint64_t>;
    BOOST_TEST(used() == (Files{3, 2, 1}));
    BOOST_TEST(used().empty());
    get(2);
    BOOST_TEST(used() == (Files{2}));

    cache.keep_if([](const Representation& each) {
        return each.file().value == 2;
    });
    BOOST_TEST(!cache.holds({1}));
    BOOST_TEST(cache.holds({2}));
}

BOOST_FIXTURE_TEST_CASE(a_content_that_is_gone_cannot_be_opened, Fixture) {
    Representation& representation = get(1);
    BOOST_TEST((cache.open(representation, directory) == Errc::superseded));
    BOOST_TEST(!representation.content());
}

BOOST_AUTO_TEST_SUITE_END()
