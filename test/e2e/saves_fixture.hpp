// What the tests of saves share.
//
// Every way in which programs save a file: subscribers get its final bytes and never anything that
// the file did not hold when its writer was done; nobody else is woken.
#pragma once

#include "test/support/follower.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test::saves_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

const std::string old_content = "old content\n";
const std::string new_content = "new content, and more of it\n";

inline std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// A served file `f` with a subscriber, and one `g` that nobody touches.
struct Fixture {
    explicit Fixture(std::vector<std::string> options = {})
        : serving(
              Files{{"f", old_content}, {"dir/other", "other"}, {"g", "untouched"}},
              std::move(options)
          ) {
        outside.write("new", new_content);
    }

    bool syncs = true;
    TemporaryDirectory outside;  // on the same filesystem
    Serving serving;
    std::string path = serving.tree() / "f";
    Follower follower{serving.server(), "f", version_of(serving.get("f"))};
    HttpConnection bystander = serving.poll("g", "wait=60&after=" + version_of(serving.get("g")));

    /// Runs `script` in the tree.
    void save(const std::string& script) const {
        shell(serving.tree().path(), script, outside.path());
    }
    /// So that the daemon hears of it only when all is over.
    void save_unseen(const std::string& script) const {
        const pid_t daemon = serving.child("treecast-daemon");
        BOOST_TEST_REQUIRE(daemon != 0);
        BOOST_TEST_REQUIRE(stop_process(daemon));
        save(script);
        ::kill(daemon, SIGCONT);
    }
    /// In the end `final`, on the way there nothing but what is `allowed`: no deletion above all.
    void expect_only(const std::string& final, const std::vector<std::string>& allowed = {}) {
        BOOST_TEST(follower.wait_for(final));
        if (syncs)
            serving.sync();
        BOOST_TEST(serving.get("f").body == final);
        for (const auto& seen : follower.seen()) {
            BOOST_TEST(seen.status == 200);
            const bool is_allowed =
                seen.body == final || std::ranges::find(allowed, seen.body) != allowed.end();
            BOOST_TEST(is_allowed, "seen: " + seen.body);
        }
        BOOST_TEST(!bystander.has_answer());
        BOOST_TEST(read_file(path) == final);
    }
};

/// For names that are gone for a moment, which is longer on a machine that is busy.
struct Graceful : Fixture {
    Graceful() : Fixture({"--delete-grace", "10s"}) { syncs = false; }  // which waits so long
};

}  // namespace treecast::test::saves_cases
