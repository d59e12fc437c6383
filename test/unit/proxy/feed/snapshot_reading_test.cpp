#include "proxy/feed/snapshot_reading.hpp"

#include "proxy/feed/change_reading.hpp"
#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using ipc::CatalogPublication;
using ipc::FileState;

BOOST_AUTO_TEST_SUITE(snapshot_reading)

namespace {

/// One who reads a snapshot page by page.
struct SnapshotHolder {
    std::uint64_t revision = 0;  // the newest one when the first page was begun
    SnapshotPlace place{};
    bool is_complete = false;
    bool more = true;
    HeldFiles held{};
    std::string listed{};
};

struct Fixture : FeedCatalogFixture {
    SnapshotHolder begin() const { return {.revision = catalog.newest_revision()}; }
    void read_page(const Interest& interest, std::size_t limit, SnapshotHolder& holder) const {
        const SnapshotPart part = read_snapshot_part(catalog, interest, holder.place, limit);
        BOOST_TEST_REQUIRE(part.files.size() <= limit);
        apply(part.files, holder.held);
        holder.listed += text_of(part.files);
        holder.place = part.reached;
        holder.is_complete = part.is_last;
        holder.more = !part.is_last || part.reached.seen > holder.revision;
    }
    SnapshotHolder read_all(const Interest& interest, std::size_t limit) const {
        SnapshotHolder holder = begin();
        while (!holder.is_complete)
            read_page(interest, limit, holder);
        return holder;
    }
    /// The same with the changes since its revision.
    HeldFiles held_after_tail(const Interest& interest, SnapshotHolder holder) const {
        ChangedFiles changed{.until = holder.revision};
        const auto page = read_changes(catalog, interest, holder.revision, changed, 1000);
        BOOST_TEST_REQUIRE(page.has_value());
        apply(page->files, holder.held);
        return holder.held;
    }

    const Interest whole = make_interest({});                     // is read by slots
    const Interest most = make_interest({"f"}, {"a", "b", "c"});  // by a walk through what matches
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(pages_list_each_file_that_is_there_once, Fixture) {
    publish({{"a/x"}, {"b"}, {"c"}});
    publish({{"b", FileState::deleted}, {"a/y"}, {"a/z", FileState::unavailable}});
    publish({{"a/x"}, {"f"}, {"g"}, {"c/missing", FileState::unavailable}});
    publish({{"c/missing", FileState::deleted}});
    struct {
        Interest interest;
        std::string listed;  // in the order of slots
    } const cases[] = {
        {whole, "a/x3 c1 a/y2 !a/z2 f3 g3 "},
        {most, "a/x3 c1 a/y2 !a/z2 f3 "},
        {make_interest({}, {"a/"}), "a/x3 a/y2 !a/z2 "},
        {make_interest({"a/y", "a/x", "b", "d"}), "a/x3 a/y2 "},
        {make_interest({"c"}, {"c"}, {"c", "?"}), "c1 f3 g3 "},
        {make_interest({"b"}), ""},
    };
    for (const auto& each : cases)
        for (const std::size_t limit : {1U, 2U, 3U, 5U, 6U, 100U}) {
            BOOST_TEST_CONTEXT("limit " << limit) {
                const SnapshotHolder holder = read_all(each.interest, limit);
                BOOST_TEST(holder.listed == each.listed);
                BOOST_TEST(!holder.more);
            }
        }
}

BOOST_FIXTURE_TEST_CASE(a_page_that_holds_just_the_rest_is_the_last, Fixture) {
    publish({{"a"}, {"b"}, {"c"}, {"f"}});
    for (const Interest& interest : {whole, most}) {
        SnapshotHolder holder = begin();
        read_page(interest, 2, holder);
        BOOST_TEST(!holder.is_complete);
        BOOST_TEST(holder.more);
        read_page(interest, 2, holder);
        BOOST_TEST(holder.is_complete);
        BOOST_TEST(holder.listed == "a1 b1 c1 f1 ");
    }
}

BOOST_AUTO_TEST_CASE(it_has_a_place_until_all_is_listed_and_what_was_seen_is_published) {
    struct {
        SnapshotPart part;
        std::optional<SnapshotPlace> place;
    } const cases[] = {
        {{{}, {7, 11}, true}, {}},
        {{{}, {7, 12}, true}, {}},
        {{{}, {7, 13}, true}, SnapshotPlace{SnapshotPlace::end_slot, 13}},
        {{{}, {7, 11}, false}, SnapshotPlace{7, 11}},
        {{{}, {7, 13}, false}, SnapshotPlace{7, 13}},
    };
    for (const auto& each : cases)
        BOOST_TEST((place_after(each.part, 12) == each.place));
}

BOOST_AUTO_TEST_CASE(what_happens_between_two_pages_is_listed_as_it_is) {
    struct {
        FileChange change;
        std::string listed;
        bool more;
    } const cases[] = {
        {{"c"}, "a1 b1 c2 f1 ", true},
        {{"f", FileState::unavailable}, "a1 b1 c1 !f2 ", true},
        {{"c", FileState::deleted}, "a1 b1 f1 ", true},
        {{"c2"}, "a1 b1 c1 f1 c22 ", true},
    };
    for (const auto& each : cases)
        for (const bool is_whole : {false, true}) {
            BOOST_TEST_CONTEXT(each.change.path << ' ' << is_whole) {
                Fixture fixture;
                const Interest& interest = is_whole ? fixture.whole : fixture.most;
                fixture.publish({{"a"}, {"b"}, {"c"}, {"f"}});
                SnapshotHolder holder = fixture.begin();
                fixture.read_page(interest, 2, holder);
                fixture.publish({each.change});
                while (!holder.is_complete)
                    fixture.read_page(interest, 2, holder);
                BOOST_TEST(holder.listed == each.listed);
                BOOST_TEST(holder.more == each.more);
                BOOST_TEST(holder.revision == 1u);
            }
        }
}

BOOST_FIXTURE_TEST_CASE(a_file_that_was_listed_and_changes_comes_in_the_tail, Fixture) {
    publish({{"a"}, {"b"}, {"c"}});
    for (const FileState state : {FileState::present, FileState::deleted})
        for (const Interest& interest : {whole, most}) {
            SnapshotHolder holder = begin();
            read_page(interest, 2, holder);
            const std::uint64_t changed = publish({{"a", state}});
            read_page(interest, 2, holder);
            BOOST_TEST(holder.is_complete);
            BOOST_TEST(holder.held.at("a") < changed);
            const HeldFiles held = held_after_tail(interest, holder);
            BOOST_TEST(held.contains("a") == (state == FileState::present));
            BOOST_TEST(held.size() == (state == FileState::present ? 3u : 2u));
            publish({{"a"}});
        }
}

BOOST_FIXTURE_TEST_CASE(a_publication_under_way_leaves_more_to_ask_for, Fixture) {
    publish({{"a"}, {"b"}, {"c"}});
    for (const auto claim : {CatalogPublication::Claim::next, CatalogPublication::Claim::ahead})
        for (const FileState state : {FileState::present, FileState::deleted})
            for (const Interest& interest : {whole, most}) {
                CatalogPublication publication(writer, 0, claim);
                announce(writer, publication, {"b", state});
                BOOST_TEST(read_all(interest, 1).more);
                BOOST_TEST(read_all(interest, 100).more);
                publication.commit();
                BOOST_TEST(!read_all(interest, 1).more);
                publish({{"b"}});
            }
}

BOOST_FIXTURE_TEST_CASE(random_changes_between_pages_leave_no_false_snapshot, Fixture) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const std::vector<Interest> interests{
        whole,
        most,
        make_interest({"a1", "b2", "d3"}),
        make_interest({}, {"d"}, {"?1"}),
    };
    std::map<std::uint64_t, HeldFiles> trees;  // by revision
    HeldFiles tree;
    const auto publish_random = [&] {
        const std::string path = {"abcd"[random() % 4], "1234"[random() % 4]};
        const bool is_deletion = tree.contains(path) && random() % 3 == 0;
        const auto state = is_deletion ? FileState::deleted : FileState::present;
        const std::uint64_t revision = publish({{path, state}});
        if (is_deletion)
            tree.erase(path);
        else
            tree[path] = revision;
        trees[revision] = tree;
    };
    int complete = 0;
    for (int round = 0; round < 500; ++round) {
        publish_random();
        const Interest& interest = interests[random() % interests.size()];
        const std::size_t limit = 1 + random() % 6;
        SnapshotHolder holder = begin();
        while (!holder.is_complete) {
            read_page(interest, limit, holder);
            for (std::size_t i = random() % 3; i > 0; --i)
                publish_random();
        }
        if (!is_known(catalog, {{catalog.epoch(), holder.revision}, {}}))
            continue;  // is read again after a reset
        const auto matching = [&](const HeldFiles& files) {
            HeldFiles all;
            for (const auto& [path, changed] : files)
                if (interest.matches(path))
                    all[path] = changed;
            return all;
        };
        if (!holder.more)
            BOOST_TEST_REQUIRE((holder.held == matching(trees[holder.revision])), "seed " << seed);
        BOOST_TEST_REQUIRE((held_after_tail(interest, holder) == matching(tree)), "seed " << seed);
        complete += holder.more ? 0 : 1;
    }
    BOOST_TEST(complete > 10);
}

BOOST_FIXTURE_TEST_CASE(more_files_than_a_walk_collects_are_read_by_slots, Fixture) {
    constexpr std::size_t files = 16 * 4096 + 100;
    {
        CatalogPublication publication(writer, 0);
        for (std::size_t i = 0; i < files; ++i)
            announce(writer, publication, {"a/" + std::to_string(i)});
    }
    const Interest interest = make_interest({}, {"a/"});
    std::set<std::string> paths;
    SnapshotPart part;
    do {
        part = read_snapshot_part(catalog, interest, part.reached, 30'000);
        for (const ListedFile& file : part.files)
            BOOST_TEST_REQUIRE(paths.insert(file.path).second);
        BOOST_TEST_REQUIRE(part.files.size() <= 30'000u);
    } while (!part.is_last);
    BOOST_TEST(paths.size() == files);
}

BOOST_FIXTURE_TEST_CASE(a_page_looks_at_a_limited_number_of_entries, Fixture) {
    std::vector<FileChange> files;
    for (int i = 0; i < 40'000; ++i)
        files.push_back({"d/" + std::to_string(i)});
    publish(files);
    std::vector<std::string> globs;
    for (int i = 0; i < 320; ++i)
        globs.push_back("**/*." + std::to_string(i));
    struct {
        Interest interest;
        std::size_t files;
        std::size_t pages_min;
    } const cases[] = {
        {make_interest({}, {}, {"**/39999", "**/7"}), 2, 3},
        {make_interest({}, {"d/3999", "d/7"}), 1122, 1},
        {make_interest({}, {}, globs), 0, 20},
    };
    for (const auto& each : cases) {
        SnapshotHolder holder = begin();
        std::size_t pages = 0;
        for (; !holder.is_complete; ++pages)
            read_page(each.interest, 5000, holder);
        BOOST_TEST(holder.held.size() == each.files);
        BOOST_TEST(pages >= each.pages_min);
        BOOST_TEST(!holder.more);
    }
}

BOOST_AUTO_TEST_SUITE_END()
