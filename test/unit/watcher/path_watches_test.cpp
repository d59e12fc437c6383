#include "watcher/path_watches.hpp"

#include "test/support/temporary_directory.hpp"
#include "test/unit/watcher/read_events.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

namespace fs = std::filesystem;
using namespace treecast::watcher;
using namespace treecast::test;

namespace {

/// BASE/a/root, and links to "a" that lie in BASE.
struct PathFixture {
    PathFixture() {
        fs::create_directories(base / "a/root");
        fs::create_directory_symlink("a", base / "link");
        fs::create_directory_symlink(base / "a", fs::path(base / "absolute"));
        fs::create_directory_symlink("a/../a/root/..", base / "winding");
        fs::create_directory_symlink("circle", base / "circle");
        path = base / "a/root";
        set(path);
    }
    std::vector<WatchDescriptor> set(const std::string& to) { return watches.set(inotify, to); }
    /// Whether there was an event of a watched directory or link itself.
    bool reports_a_place() {
        return std::ranges::any_of(read_events(inotify), [](const ReadEvent& event) {
            return event.name.empty();
        });
    }

    TemporaryDirectory base;
    Inotify inotify;
    PathWatches watches;
    std::string path;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(path_watches, PathFixture)

BOOST_AUTO_TEST_CASE(links_and_what_they_lead_through_are_watched_but_not_the_end) {
    struct Row {
        std::string path;
        int more;  // watches than for BASE/a
    };
    set(base / "a");
    const auto above = static_cast<int>(watches.count());
    const Row rows[] = {
        {"a/root", 1},         // a
        {"link", 1},           // the link
        {"link/root", 2},      // and what it leads to
        {"absolute/root", 2},  // from the top once more: the same places
        {"winding/root", 3},   // a/root too
    };
    for (const Row& row : rows) {
        set(base / row.path);
        BOOST_TEST(static_cast<int>(watches.count()) - above == row.more, row.path);
    }
}

BOOST_AUTO_TEST_CASE(a_second_walk_confirms_the_first) {
    BOOST_TEST(!watches.reports_all());  // something may have changed before it was watched
    BOOST_TEST(set(path).empty());
    BOOST_TEST(watches.reports_all());
    BOOST_TEST(set(path).empty());
    BOOST_TEST(watches.reports_all());
}

BOOST_AUTO_TEST_CASE(another_way_releases_the_watches_of_the_one_before) {
    set(base / "link/root");
    const std::size_t before = watches.count();
    const auto unused = set(base / "absolute/root");
    BOOST_TEST(unused.size() == 1U);
    BOOST_TEST(watches.count() == before);
    BOOST_TEST(!watches.contains(unused.front()));
    BOOST_TEST(!watches.reports_all());
}

BOOST_AUTO_TEST_CASE(a_way_that_leads_nowhere_keeps_its_watches) {
    for (const char* nowhere : {"a/missing", "circle/root", "a/missing/root"}) {
        set(path);
        set(path);
        const std::size_t before = watches.count();
        BOOST_TEST_CONTEXT(nowhere) {
            BOOST_TEST(set(base / nowhere).empty());
            BOOST_TEST(watches.count() >= before);
            BOOST_TEST(!watches.reports_all());
            set(base / nowhere);
            BOOST_TEST(!watches.reports_all());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_taken_away_leaves_the_way_unproved) {
    set(path);
    BOOST_TEST_REQUIRE(watches.reports_all());
    const auto given = watches.evict();
    BOOST_TEST_REQUIRE(given.has_value());
    BOOST_TEST(!watches.contains(*given));
    BOOST_TEST(!watches.reports_all());

    set(path);
    set(path);
    BOOST_TEST_REQUIRE(watches.reports_all());
    watches.forget(*given);
    BOOST_TEST(!watches.contains(*given));
    BOOST_TEST(!watches.reports_all());

    while (watches.evict()) {
    }
    BOOST_TEST(watches.count() == 0U);
}

BOOST_AUTO_TEST_CASE(events_tell_of_the_places_and_not_of_the_names_in_them) {
    struct Row {
        const char* what;
        std::function<void(const TemporaryDirectory&)> act;
        bool is_told;
    };
    const Row rows[] = {
        {"a file beside",
         [](const auto& at) {
             std::ofstream(at / "a/x") << "x";
         },
         false},
        {"a file in the root",
         [](const auto& at) {
             std::ofstream(at / "a/root/x") << "x";
         },
         false},
        {"a directory is renamed",
         [](const auto& at) {
             fs::rename(at / "a", at / "b");
         },
         true},
        {"the link is removed",
         [](const auto& at) {
             fs::remove(at / "link");
         },
         true},
        {"the link is replaced",
         [](const auto& at) {
             fs::create_directory_symlink("b", at / "new");
             fs::rename(at / "new", at / "link");
         },
         true},
        {"another link is removed",
         [](const auto& at) {
             fs::remove(at / "winding");
         },
         false},
    };
    for (const Row& row : rows) {
        PathFixture place;
        place.set(place.base / "link/root");
        BOOST_TEST_REQUIRE(!place.reports_a_place());
        row.act(place.base);
        BOOST_TEST(place.reports_a_place() == row.is_told, row.what);
    }
}

BOOST_AUTO_TEST_SUITE_END()
