// `treecast sync` beside writers that do not end. The built programs.
#include "base/unique_fd.hpp"
#include "test/support/run_client.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(syncing)

namespace {

Run sync_with(const Serving& serving, std::vector<std::string> paths = {}) {
    paths.insert(paths.begin(), {"sync", "--instance", serving.instance().name()});
    return run_client(paths);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_a_writer_is_in_is_named) {
    const Serving serving(Files{{"d/f", "one"}, {"g", "one"}});
    BOOST_TEST(serving.get("d/f").body == "one");
    UniqueFd writer(::open((serving.tree() / "d/f").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    BOOST_TEST(::write(writer.get(), "tw", 2) == 2);
    serving.tree().replace("g", "two");

    const auto all = sync_with(serving);
    BOOST_TEST(all.code == 1);
    BOOST_TEST(all.error == "treecast: d/f: left out: a writer has it open\n");
    BOOST_TEST(serving.get("g").body == "two");
    BOOST_TEST(serving.get("d/f").body == "one");
    BOOST_TEST(sync_with(serving, {"g"}).code == 0);
    BOOST_TEST(sync_with(serving, {"d"}).code == 1);
    BOOST_TEST(sync_with(serving, {serving.tree() / "d/f"}).code == 1);

    BOOST_TEST(::write(writer.get(), "o", 1) == 1);
    writer = UniqueFd();
    BOOST_TEST(sync_with(serving).code == 0);
    BOOST_TEST(serving.get("d/f").body == "two");
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_all_the_time_holds_nobody_up) {
    const Serving serving(Files{{"busy", "one"}, {"g", "one"}});
    BOOST_TEST(serving.get("busy").body == "one");
    std::atomic<bool> ends = false;
    std::thread writer([&] {
        const UniqueFd file(::open((serving.tree() / "busy").c_str(), O_WRONLY | O_CLOEXEC));
        for (unsigned i = 0; !ends; ++i)
            if (::pwrite(file.get(), &i, sizeof i, 0) < 0)
                return;
    });

    const auto begin = std::chrono::steady_clock::now();
    const auto all = sync_with(serving);
    const auto took = std::chrono::steady_clock::now() - begin;
    ends = true;
    writer.join();

    BOOST_TEST(all.code == 1);
    BOOST_TEST(all.error.starts_with("treecast: busy: left out: "), all.error);
    BOOST_TEST((took < 8s));
    BOOST_TEST(sync_with(serving).code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
