#include "proxy/feed/change_reading.hpp"

#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using ipc::CatalogPublication;
using ipc::FileState;

BOOST_AUTO_TEST_SUITE(change_reading)

namespace {

struct Fixture : FeedCatalogFixture {
    std::optional<FeedPage>
    read(const Interest& interest, std::uint64_t after, std::size_t limit = 100) const {
        ChangedFiles changed{.until = after};
        return read_changes(catalog, interest, after, changed, limit);
    }
    /// Reads what can be read, and checks what holds for every page without a limit.
    std::string text_after(const Interest& interest, std::uint64_t after) const {
        const auto page = read(interest, after);
        BOOST_TEST_REQUIRE(page.has_value());
        BOOST_TEST(!page->more);
        BOOST_TEST((page->cursor == FeedCursor{{catalog.epoch(), catalog.newest_revision()}, {}}));
        return text_of(page->files);
    }
    /// Changes 1 to 6 of some files, and their newest states below.
    void publish_some() {
        publish({{"a/x"}});
        publish({{"b"}, {"a/y"}, {"a/x"}});
        publish({{"a/y", FileState::unavailable}});
        publish({{"c"}});
        publish({{"b", FileState::deleted}});
        publish({{"c"}, {"a/z.txt"}});
    }

    const Interest whole = make_interest({});
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    each_file_comes_once_with_its_newest_state_in_the_order_of_changes,
    Fixture
) {
    publish_some();
    struct {
        Interest interest;
        std::uint64_t after;
        std::string files;
    } const cases[] = {
        {whole, 0, "a/x2 !a/y3 -b5 a/z.txt6 c6 "},
        {whole, 1, "a/x2 !a/y3 -b5 a/z.txt6 c6 "},
        {whole, 2, "!a/y3 -b5 a/z.txt6 c6 "},
        {whole, 5, "a/z.txt6 c6 "},
        {whole, 6, ""},
        {make_interest({"a/x", "c", "missing"}), 0, "a/x2 c6 "},
        {make_interest({"a/x", "c"}), 2, "c6 "},
        {make_interest({}, {"a/"}), 0, "a/x2 !a/y3 a/z.txt6 "},
        {make_interest({}, {"a/x", "b"}), 0, "a/x2 -b5 "},
        {make_interest({}, {}, {"*/*.txt", "?"}), 0, "-b5 a/z.txt6 c6 "},
        {make_interest({"missing"}), 0, ""},
    };
    for (const auto& each : cases)
        BOOST_TEST(text_after(each.interest, each.after) == each.files);
}

BOOST_FIXTURE_TEST_CASE(what_the_log_does_not_reach_is_found_by_a_walk, Fixture) {
    publish({{"a"}, {"b"}, {"d"}, {"old"}});
    overrun_log("a");
    publish({{"b", FileState::deleted}});
    publish({{"d", FileState::deleted}});
    make_directory("d");
    publish({{"d/e"}, {"c", FileState::unavailable}});
    const struct {
        Interest interest;
        std::string files;
    } cases[] = {
        {whole, "a17 -b18 -d19 !c20 d/e20 "},
        {make_interest({"b", "d", "missing"}), "-b18 -d19 "},
        {make_interest({}, {"d", "old"}), "-d19 d/e20 "},
        {make_interest({"a"}, {}, {"?", "*/e"}), "a17 -b18 -d19 !c20 d/e20 "},
        {make_interest({"old"}), ""},
    };
    std::vector<ipc::LogRecord> log;
    BOOST_TEST_REQUIRE(!catalog.changes_since(2, log));
    for (const auto& each : cases)
        for (const std::uint64_t after : {1U, 2U})
            BOOST_TEST(text_after(each.interest, after) == each.files);
    BOOST_TEST(text_after(make_interest({"old", "c"}), 0) == "old1 !c20 ");
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_was_a_file_is_listed_as_deleted, Fixture) {
    publish({{"a"}});
    publish({{"a", FileState::deleted}});
    make_directory("a");
    publish({{"a/b"}});
    BOOST_TEST(text_after(whole, 1) == "-a2 a/b3 ");
    BOOST_TEST(text_after(make_interest({"a"}), 1) == "-a2 ");
}

BOOST_FIXTURE_TEST_CASE(pages_end_between_revisions_and_say_that_there_is_more, Fixture) {
    publish_some();
    struct {
        std::uint64_t after;
        std::size_t limit;
        std::string files;
        std::uint64_t revision;
        bool more;
    } const cases[] = {
        {0, 1, "a/x2 ", 2, true},
        {2, 1, "!a/y3 ", 3, true},
        {2, 2, "!a/y3 -b5 ", 5, true},
        {5, 1, "a/z.txt6 c6 ", 6, false},
        {6, 1, "", 6, false},
    };
    for (const auto& each : cases) {
        const auto page = read(whole, each.after, each.limit);
        BOOST_TEST_REQUIRE(page.has_value());
        BOOST_TEST(text_of(page->files) == each.files);
        BOOST_TEST((page->cursor == FeedCursor{{catalog.epoch(), each.revision}, {}}));
        BOOST_TEST(page->more == each.more);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_known_to_have_changed_is_continued, Fixture) {
    publish_some();
    const ipc::FileId x = catalog.find("a/x")->file;
    const ipc::FileId c = catalog.find("c")->file;
    ChangedFiles changed{{c, x, c, x}, 5};

    auto page = read_changes(catalog, whole, 2, changed, 100);

    BOOST_TEST_REQUIRE(page.has_value());
    BOOST_TEST(text_of(page->files) == "a/z.txt6 c6 ");  // not those of 3 to 5, and x is older
    BOOST_TEST(changed.until == 6u);
    BOOST_TEST(changed.files.size() == 3u);
    changed = {{c, x, c, x}, 6};  // as far as the newest revision
    page = read_changes(catalog, whole, 1, changed, 100);
    BOOST_TEST(text_of(page->files) == "a/x2 c6 ");

    changed = {{c}, 5};
    publish({{"d"}});
    page = read_changes(catalog, whole, 2, changed, 100);
    BOOST_TEST(text_of(page->files) == "a/z.txt6 c6 d7 ");

    overrun_log("e");
    page = read_changes(catalog, whole, 2, changed, 100);
    BOOST_TEST(text_of(page->files) == "a/z.txt6 c6 d7 e23 ");
    BOOST_TEST(changed.until == 23u);
    BOOST_TEST((page->cursor.version.revision == 23u));
}

BOOST_FIXTURE_TEST_CASE(a_cursor_is_known_until_a_later_deletion_is_forgotten, Fixture) {
    publish({{"a"}, {"b"}});
    publish({{"a", FileState::deleted}});
    const std::uint64_t deleted = publish({{"b", FileState::deleted}});
    for (int i = 0; i < 3; ++i)
        overrun_log("c");
    const std::uint64_t newest = catalog.newest_revision();
    BOOST_TEST_REQUIRE(catalog.forgotten_revision() == deleted);
    const CatalogPublication claimed(writer, 0);
    BOOST_TEST_REQUIRE(claimed.revision() == newest + 1);

    const std::uint64_t epoch = catalog.epoch();
    struct {
        FeedCursor after;
        bool is_known;
    } const cases[] = {
        {{{epoch, 0}, {}}, false},
        {{{epoch, deleted - 1}, {}}, false},
        {{{epoch, deleted}, {}}, true},
        {{{epoch, newest}, {}}, true},
        {{{epoch, newest + 1}, {}}, true},
        {{{epoch, newest + 2}, {}}, false},
        {{{epoch + 1, newest}, {}}, false},
        {{{0, 0}, {}}, false},
        {{{epoch, newest}, SnapshotPlace{7, newest + 1}}, true},
        {{{epoch, newest}, SnapshotPlace{7, newest + 2}}, false},
        {{{epoch, deleted - 1}, SnapshotPlace{7, newest}}, false},
    };
    for (const auto& each : cases)
        BOOST_TEST(is_known(catalog, each.after) == each.is_known, to_string(each.after));
}

BOOST_FIXTURE_TEST_CASE(a_publication_under_way_is_awaited_by_those_whom_it_concerns, Fixture) {
    publish({{"x"}, {"y"}, {"z"}});
    publish({{"z"}});
    const Interest concerned = make_interest({"x", "z"});
    const Interest others = make_interest({"z"});
    for (const bool is_overrun : {false, true}) {
        if (is_overrun)
            overrun_log("other");
        for (const auto claim :
             {CatalogPublication::Claim::next, CatalogPublication::Claim::ahead}) {
            const std::uint64_t before = catalog.newest_revision();
            CatalogPublication publication(writer, 0, claim);
            const std::string revision = std::to_string(publication.revision());
            for (const char* const path : {"x", "y"}) {
                announce(writer, publication, {path});
                BOOST_TEST(!read(concerned, 0));
                BOOST_TEST(text_after(others, 0) == "z2 ");
            }

            publication.commit();

            BOOST_TEST(
                text_after(make_interest({"x", "y"}), before) ==
                "x" + revision + " y" + revision + ' '
            );
            const auto page = read(whole, before, 1);
            BOOST_TEST_REQUIRE(page.has_value());
            BOOST_TEST(page->files.size() == 2u);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(random_changes_arrive_whole_at_those_who_follow_a_cursor, Fixture) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    struct Follower {
        Interest interest;
        std::uint64_t after = 0;
        HeldFiles held{};
    };
    std::vector<Follower> followers;
    followers.push_back({make_interest({})});
    followers.push_back({make_interest({"a/1", "b/2", "c/3"})});
    followers.push_back({make_interest({"c/1"}, {"a/"}, {"?/2"})});
    HeldFiles tree;
    for (int step = 0; step < 3000; ++step) {
        std::map<std::string, FileState> changes;
        for (std::size_t i = 1 + random() % 4; i > 0; --i) {
            const std::string path = {"abc"[random() % 3], '/', "123456"[random() % 6]};
            const bool is_deletion = tree.contains(path) && random() % 4 == 0;
            changes[path] = is_deletion ? FileState::deleted : FileState::present;
        }
        std::vector<FileChange> list;
        for (const auto& [path, state] : changes)
            list.push_back({path, state});
        const std::uint64_t revision = publish(list);
        for (const auto& [path, state] : changes)
            if (state == FileState::present)
                tree[path] = revision;
            else
                tree.erase(path);

        Follower& follower = followers[random() % followers.size()];
        if (random() % 4 != 0)
            continue;
        if (!is_known(catalog, {{catalog.epoch(), follower.after}, {}})) {  // as after a reset
            follower.held.clear();
            follower.after = 0;
        }
        for (bool more = true; more;) {
            const auto page = read(follower.interest, follower.after, 1 + random() % 10);
            BOOST_TEST_REQUIRE(page.has_value(), "seed " << seed);
            apply(page->files, follower.held);
            BOOST_TEST_REQUIRE((!page->more || page->cursor.version.revision > follower.after));
            follower.after = page->cursor.version.revision;
            more = page->more;
        }
        HeldFiles expected;
        for (const auto& [path, changed] : tree)
            if (follower.interest.matches(path))
                expected[path] = changed;
        BOOST_TEST_REQUIRE((follower.held == expected), "seed " << seed << ", step " << step);
        BOOST_TEST_REQUIRE(follower.after == revision);
    }
    BOOST_TEST(catalog.forgotten_revision() != 0u);
}

BOOST_AUTO_TEST_SUITE_END()
