// Links are served as what they lead to, and every change on the way is pushed.
#include "test/support/follower.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(links)

namespace {

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

struct Fixture {
    TemporaryDirectory outside;
    Serving serving{
        Files{
            {"dir/f", "one"},
            {"releases/1/app/conf", "one"},
            {"releases/1/only1", "1"},
            {"releases/2/app/conf", "two"},
            {"releases/2/only2", "2"}},
        // For names that are gone for a moment, which is longer on a machine that is busy.
        {"--delete-grace", "1s"}};

    /// Runs `script` in the tree.
    void run(const std::string& script) const {
        shell(serving.tree().path(), script, outside.path());
        serving.sync();
    }
    HttpConnection poll_for_news(const std::string& path) const {
        const auto response = serving.get(path);
        BOOST_TEST(response.status == 200, path);
        return serving.poll(path, "wait=60&after=" + version_of(response));
    }
    bool is_logged(const std::string& text) const {
        return serving.log().find(text) != std::string::npos;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(relative_and_absolute_targets_and_chains_are_served_as_content, Fixture) {
    run("ln -s dir/f relative; ln -s $PWD/dir/f absolute; ln -s relative chain; ln -s chain chain2;"
        "  ln -s ../dir/../dir/f dir/around");
    const std::vector<std::string> paths{"relative", "absolute", "chain", "chain2", "dir/around"};
    std::vector<HttpConnection> polls;
    for (const auto& path : paths) {
        BOOST_TEST(serving.get(path).body == "one", path);
        polls.push_back(poll_for_news(path));
    }

    serving.tree().replace("dir/f", "two");

    for (auto& poll : polls)
        BOOST_TEST(poll.receive().body == "two");
}

BOOST_FIXTURE_TEST_CASE(a_swapped_release_is_pushed, Fixture) {
    run("ln -s releases/1 current");
    const Follower follower(
        serving.server(),
        "current/app/conf",
        version_of(serving.get("current/app/conf"))
    );
    auto gone = poll_for_news("current/only1");
    auto come = serving.poll("current/only2", "wait=60");

    run("ln -s releases/2 new; mv -T new current");

    BOOST_TEST(follower.wait_for("two"));
    BOOST_TEST(gone.receive().status == 404);
    BOOST_TEST(come.receive().body == "2");
    run("rm current; ln -s releases/1 current");  // not even by rename
    BOOST_TEST(follower.wait_for("one"));
    for (const auto& seen : follower.seen())
        BOOST_TEST(seen.status == 200);
}

BOOST_FIXTURE_TEST_CASE(the_kubernetes_layout_is_pushed_when_its_data_is_swapped, Fixture) {
    run("mkdir -p k/..2026_1 k/..2026_2; echo one >k/..2026_1/conf; echo two >k/..2026_2/conf;"
        "  echo same >k/..2026_1/same; echo same >k/..2026_2/same;"
        "  ln -s ..2026_1 k/..data; ln -s ..data/conf k/conf; ln -s ..data/same k/same");
    const Follower follower(serving.server(), "k/conf", version_of(serving.get("k/conf")));
    auto same = poll_for_news("k/same");

    run("ln -s ..2026_2 k/..data_tmp; mv -T k/..data_tmp k/..data; rm -r k/..2026_1");

    BOOST_TEST(follower.wait_for("two\n"));
    BOOST_TEST(follower.seen().size() == 1);
    BOOST_TEST(!same.has_answer());
    BOOST_TEST(serving.get("k/same").body == "same\n");
    BOOST_TEST(serving.get("k/..data/conf").status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_link_to_a_directory_is_served_as_the_directory, Fixture) {
    run("ln -s releases/1 link");
    auto poll = poll_for_news("link/app/conf");
    auto later = serving.poll("link/app/sub/later", "wait=60");

    serving.tree().write("releases/1/app/conf", "edited");
    serving.tree().write("releases/1/app/sub/later", "later");

    BOOST_TEST(poll.receive().body == "edited");
    BOOST_TEST(later.receive().body == "later");
}

BOOST_FIXTURE_TEST_CASE(loops_end_and_all_else_is_served, Fixture) {
    run("ln -s circle circle; ln -s b a; ln -s a b; ln -s .. dir/up; ln -s . dir/self;"
        "  ln -s dir/f f");

    BOOST_TEST(serving.get("circle").status == 404);
    BOOST_TEST(serving.get("a").status == 404);
    BOOST_TEST(serving.get("dir/up/dir/f").status == 404);
    BOOST_TEST(serving.get("dir/self/f").status == 404);
    BOOST_TEST(serving.get("f").body == "one");
    BOOST_TEST(is_logged("leads back to a directory above it"));
}

BOOST_FIXTURE_TEST_CASE(a_dangling_link_is_served_once_it_comes_true, Fixture) {
    run("ln -s not/yet/there file; ln -s not/yet directory");
    auto file = serving.poll("file", "wait=60");
    auto below = serving.poll("directory/other", "wait=60");
    BOOST_TEST(serving.wait_for_subscribers(2));

    run("mkdir -p not/yet; echo true >not/yet/there; echo other >not/yet/other");

    BOOST_TEST(file.receive().body == "true\n");
    BOOST_TEST(below.receive().body == "other\n");
    auto gone = poll_for_news("file");
    run("rm not/yet/there");
    BOOST_TEST(gone.receive().status == 404);
}

BOOST_FIXTURE_TEST_CASE(links_that_leave_the_root_are_refused_and_logged, Fixture) {
    outside.write("secret", "secret");
    outside.write("d/f", "secret");
    run("ln -s $OUT/secret absolute; ln -s ../$(basename $OUT)/secret relative; ln -s $OUT/d d;"
        "  ln -s dir/f swapped");
    for (const char* path : {"absolute", "relative", "d/f", "d"})
        BOOST_TEST(serving.get(path).status == 404, path);
    BOOST_TEST(is_logged("link not served: absolute: it leads out of the root"));
    auto poll = poll_for_news("swapped");

    run("ln -s $OUT/secret new; mv -T new swapped");

    BOOST_TEST(poll.receive().status == 404);
    BOOST_TEST(serving.get("swapped").status == 404);
}

BOOST_AUTO_TEST_CASE(diamonds_of_directory_links_are_bounded) {
    const Serving serving(Files{{"d0/f", "one"}}, {"--max-aliases", "10000"});
    for (int i = 1; i <= 20; ++i) {
        const std::string level = serving.tree() / ("d" + std::to_string(i));
        std::filesystem::create_directory(level);
        for (const char* name : {"/l", "/r"})
            std::filesystem::create_symlink("../d" + std::to_string(i - 1), level + name);
    }
    serving.sync();

    BOOST_TEST(listed_files(serving.server()).size() <= 10'001);
    BOOST_TEST(serving.get("d1/l/f").body == "one");
    BOOST_TEST((serving.log().find("too many paths through links") != std::string::npos));
    auto poll = serving.poll("d1/l/f", "wait=60&after=" + version_of(serving.get("d1/l/f")));
    serving.tree().write("d0/f", "two");
    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_SUITE_END()
