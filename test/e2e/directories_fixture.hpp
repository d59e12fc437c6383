// What the tests of directories share.
//
// What programs do to whole directories: what is listed is the tree in the end, and nobody is told
// of what stayed as it was.
#pragma once

#include "test/support/follower.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>

namespace treecast::test::directories_cases {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace treecast;
using namespace treecast::test;

inline std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// `delete_grace`: long enough for names that are gone for a moment only, on a machine that is
/// busy.
struct Fixture {
    explicit Fixture(const std::string& delete_grace = "100ms")
        : serving(Files{{"stays", "untouched"}}, {"--delete-grace", delete_grace}) {}

    TemporaryDirectory outside;  // on the same filesystem
    Serving serving;
    HttpConnection bystander =
        serving.poll("stays", "wait=60&after=" + version_of(serving.get("stays")));

    /// Runs `script` in the tree.
    void run(const std::string& script) const {
        shell(serving.tree().path(), script, outside.path());
    }
    HttpConnection poll_for_news(const std::string& path) const {
        return serving.poll(path, "wait=60&after=" + version_of(serving.get(path)));
    }
    void expect_the_tree() {
        // A deletion is published only when the grace is over, which sync waits for.
        serving.sync();
        const std::string wrong = differences_from_tree(serving.server(), serving.tree().path());
        BOOST_TEST(wrong.empty(), wrong);
        BOOST_TEST(!bystander.has_answer());
    }
};

/// Of files that are deleted for good, too: sync waits so long.
struct Patient : Fixture {
    Patient() : Fixture("1s") {}
};
/// All names come back.
struct VeryPatient : Fixture {
    VeryPatient() : Fixture("10s") {}
};

}  // namespace treecast::test::directories_cases
