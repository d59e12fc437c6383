#include "daemon/linked_files.hpp"

#include "test/unit/daemon/intake_fixture.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>

using namespace treecast;
using namespace treecast::daemon;

namespace {

/// The file "d/f" has a second name, outside the tree.
struct LinkedFilesFixture : IntakeFixture {
    LinkedFilesFixture() {
        tree.write("d/f", "x");
        std::filesystem::create_hard_link(tree / "d/f", outside / "f");
        read_tree();
    }
    Look look() const { return look_at(root, "d/f"); }
    void see() { hard_links.see("d/f", look().stat); }
    /// The next listing has a file of another filesystem, so that opens may hang.
    void make_foreign() {
        watcher::FileStat stat = stat_of(1);
        stat.device = device + 1;
        intake.take(
            batch_of(
                {.directory = "d", .complete = true, .files = {{"other", stat}}, .directories = {}}
            ),
            {now}
        );
    }
    LoadResult open_in_pool() {
        results.clear();
        loop.run_one_for(std::chrono::seconds(30));
        BOOST_TEST_REQUIRE(results.size() == 1U);
        return std::move(results.front());
    }
    bool is_looked_at() { return works.find("d/f") != nullptr; }
    /// Whether the watch on the file itself reports a write through the outside name.
    bool is_watched() {
        outside.write("f", "xyz");
        bool is_drained = false;
        const watcher::Batch batch = watcher.read(is_drained);
        return std::ranges::any_of(batch.changes, [](const watcher::Change& change) {
            return change.path == "d/f";
        });
    }

    const test::TemporaryDirectory outside;
    boost::asio::io_context loop;
    const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> waits =
        boost::asio::make_work_guard(loop);
    std::vector<LoadResult> results;
    LoadPool pool{loop.get_executor(), root, [this](LoadResult result) {
                      results.push_back(std::move(result));
                  }};
    LinkedFiles linked{root, watcher, hard_links, intake, pool};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(linked_files, LinkedFilesFixture)

BOOST_AUTO_TEST_CASE(a_file_with_a_name_outside_is_watched_itself_and_looked_at) {
    BOOST_TEST(!is_watched());
    see();
    linked.update_watches(now);

    BOOST_TEST(!linked.is_opening());
    BOOST_TEST(is_looked_at());  // it may have changed before it was watched
    BOOST_TEST(is_watched());
}

BOOST_AUTO_TEST_CASE(a_watch_ends_with_the_name_outside) {
    see();
    linked.update_watches(now);
    std::filesystem::remove(outside / "f");
    see();
    linked.update_watches(now);

    BOOST_TEST(!is_watched());
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_to_another_file_meanwhile_is_not_watched) {
    see();
    std::filesystem::remove(tree / "d/f");
    read_tree();
    linked.update_watches(now);

    BOOST_TEST(!is_looked_at());
    BOOST_TEST(!is_watched());
}

BOOST_AUTO_TEST_CASE(a_file_whose_open_may_hang_is_opened_in_the_pool) {
    make_foreign();
    see();
    linked.update_watches(now);
    BOOST_TEST(linked.is_opening());
    BOOST_TEST(!is_looked_at());

    linked.on_opened(open_in_pool(), now);
    BOOST_TEST(!linked.is_opening());
    BOOST_TEST(is_looked_at());
    BOOST_TEST(is_watched());
}

BOOST_AUTO_TEST_CASE(an_open_that_hangs_is_not_waited_for_but_counts_when_it_ends) {
    make_foreign();
    see();
    linked.update_watches(now);
    linked.on_hung("another");
    BOOST_TEST(linked.is_opening());
    linked.on_hung("d/f");
    BOOST_TEST(!linked.is_opening());

    linked.on_opened(open_in_pool(), now);
    BOOST_TEST(is_watched());
}

BOOST_AUTO_TEST_CASE(an_open_whose_watch_is_not_wanted_any_more_is_dropped) {
    make_foreign();
    see();
    linked.update_watches(now);
    std::filesystem::remove(outside / "f");
    see();
    linked.update_watches(now);
    BOOST_TEST(!linked.is_opening());

    linked.on_opened(open_in_pool(), now);
    BOOST_TEST(!is_looked_at());
}

BOOST_AUTO_TEST_CASE(what_was_opened_below_another_root_is_opened_again) {
    make_foreign();
    see();
    linked.update_watches(now);
    LoadResult result = open_in_pool();
    ++result.look.root_generation;
    linked.on_opened(result, now);
    BOOST_TEST(linked.is_opening());
    BOOST_TEST(!is_looked_at());

    linked.on_opened(open_in_pool(), now);
    BOOST_TEST(!linked.is_opening());
    BOOST_TEST(is_looked_at());
}

BOOST_AUTO_TEST_CASE(opens_are_watched_under_all_known_names) {
    tree.write("e/other", "");
    std::filesystem::create_hard_link(tree / "d/f", tree / "e/g");
    read_tree();
    see();
    hard_links.see("e/g", look_at(root, "e/g").stat);
    const auto is_open_reported = [this] {
        static_cast<void>(test::read_file(tree / "e/g"));
        bool is_drained = false;
        return !watcher.read(is_drained).changes.empty();
    };
    BOOST_TEST(!is_open_reported());

    linked.watch_opens({"d/f"});
    BOOST_TEST(is_open_reported());
}

BOOST_AUTO_TEST_SUITE_END()
