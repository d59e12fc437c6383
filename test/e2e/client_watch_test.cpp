// `treecast watch` as a program, against a server that can misbehave.
#include "base/sha256.hpp"
#include "test/support/child_process.hpp"
#include "test/support/file_becomes.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_watch)

namespace {

std::size_t line_count(const ChildProcess& child) {
    const auto output = child.standard_output();
    return static_cast<std::size_t>(std::ranges::count(output, '\n'));
}

bool shows(ChildProcess& child, const std::string& content) {
    return child.wait_for_output("\"sha256\":\"" + to_hex(sha256_of(content)) + '"');
}

bool is_held(const FakeTree& tree, std::size_t polls = 1) {
    return poll_until([&] {
        return tree.held_polls() == polls;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_change_is_a_line_at_once) {
    FakeTree tree;
    tree.put("a", "one");
    ChildProcess watch(treecast_program, {"watch", tree.url("a")});

    BOOST_TEST(watch.wait_for_output(" change a 0000000000000001.2 3\n"));
    tree.put("a", "seven..");
    BOOST_TEST(watch.wait_for_output(" change a 0000000000000001.3 7\n"));
    tree.remove("a");
    BOOST_TEST(watch.wait_for_output(" delete a 0000000000000001.4 -\n"));
    tree.put("a", "");
    BOOST_TEST(watch.wait_for_output(" change a 0000000000000001.5 0\n"));
    BOOST_TEST(line_count(watch) == 4U);

    BOOST_TEST(watch.terminate().value() == 0);
}

BOOST_AUTO_TEST_CASE(every_poll_says_what_is_known) {
    FakeTree tree;
    tree.put("a", "one");
    ChildProcess watch(treecast_program, {"watch", tree.url("a")});
    BOOST_REQUIRE(is_held(tree));

    const auto requests = tree.requests();

    BOOST_REQUIRE(requests.size() == 2U);
    BOOST_TEST(requests[0].starts_with("GET /v1/files/a HTTP/1.1\r\n"));
    BOOST_TEST(
        requests[1].starts_with("GET /v1/files/a?after=0000000000000001.2&wait=30 HTTP/1.1\r\n")
    );
    const auto etag = '"' + to_hex(sha256_of("one")) + '"';
    BOOST_TEST(requests[1].find("If-None-Match: " + etag) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(several_urls_are_followed_at_once) {
    FakeTree tree;
    FakeTree other;
    tree.put("a", "one");
    other.put("b", "two");
    ChildProcess watch(
        treecast_program,
        {"watch", "--json", tree.url("a"), other.url("b"), tree.url("missing")}
    );
    BOOST_TEST(shows(watch, "one"));
    BOOST_TEST(shows(watch, "two"));
    BOOST_TEST(watch.wait_for_output(R"({"event":"absent")"));
    BOOST_REQUIRE(is_held(tree, 2));

    other.put("b", "three");
    BOOST_TEST(shows(watch, "three"));
    tree.put("missing", "four");
    BOOST_TEST(shows(watch, "four"));

    BOOST_TEST(line_count(watch) == 5U);
}

BOOST_AUTO_TEST_CASE(first_state_is_not_reported_with_changes_only) {
    FakeTree tree;
    tree.put("a", "one");
    ChildProcess watch(treecast_program, {"watch", "--changes-only", "--json", tree.url("a")});
    BOOST_REQUIRE(is_held(tree));
    BOOST_TEST(watch.standard_output() == "");

    tree.put("a", "two");

    BOOST_TEST(shows(watch, "two"));
    BOOST_TEST(line_count(watch) == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_epoch_is_no_change_and_costs_no_body) {
    FakeTree tree;
    tree.put("a", "one");
    ChildProcess watch(treecast_program, {"watch", tree.url("a")});
    BOOST_REQUIRE(is_held(tree));

    tree.begin_epoch();

    BOOST_TEST(poll_until([&] {
        return tree.requests().size() == 3;
    }));
    BOOST_TEST(is_held(tree));
    BOOST_TEST(tree.requests()[2].find("after=0000000000000002.2&") != std::string::npos);
    BOOST_TEST(line_count(watch) == 1U);
}

BOOST_AUTO_TEST_CASE(whatever_goes_wrong_the_last_state_arrives) {
    FakeTree tree;
    tree.put("a", "0");
    ChildProcess watch(treecast_program, {"watch", "--json", tree.url("a")});
    auto altered = file_answer("abc", {1, 2}, 3);
    altered.back() = 'x';
    const std::vector<std::string> misbehaviour{
        "",
        "HTTP/1.1 503 x\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n",
        file_answer("abc", {1, 2}, 4),
        altered,
        "garbage\r\n\r\n",
    };
    for (std::size_t i = 0; i < misbehaviour.size(); ++i) {
        BOOST_REQUIRE(is_held(tree));
        tree.misbehave_once(misbehaviour[i]);
        const auto content = std::to_string(i + 1);
        tree.put("a", content);
        BOOST_TEST_CONTEXT(misbehaviour[i])
        BOOST_TEST(shows(watch, content));
    }
    BOOST_TEST(line_count(watch) == misbehaviour.size() + 1);
    BOOST_TEST(watch.standard_output().find("delete") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_hold_cannot_make_it_spin) {
    FakeTree tree;
    tree.put("a", "one");
    ChildProcess watch(treecast_program, {"watch", tree.url("a")});
    BOOST_REQUIRE(is_held(tree));
    const auto before = tree.requests().size();

    tree.stop_holding();
    // The pauses are at least 0.5, 1 and 2 s: within 2 s there is room for three requests.
    static_cast<void>(poll_until(
        [&] {
            return tree.requests().size() > before + 3;
        },
        std::chrono::seconds(2)
    ));

    BOOST_TEST(tree.requests().size() <= before + 3);
}

BOOST_AUTO_TEST_CASE(a_command_gets_each_content) {
    FakeTree tree;
    tree.put("a", "one");
    const TemporaryDirectory directory;
    ChildProcess watch(
        treecast_program,
        {"watch",
         "--exec",
         "{ cat; echo \" $TREECAST_EVENT $TREECAST_PATH\"; } >> '" + (directory / "log") + "'",
         tree.url("a")}
    );

    BOOST_TEST(file_becomes(directory / "log", "one change a\n"));
    tree.put("a", "two");
    BOOST_TEST(file_becomes(directory / "log", "one change a\ntwo change a\n"));
    tree.remove("a");
    BOOST_TEST(file_becomes(directory / "log", "one change a\ntwo change a\n delete a\n"));
}

BOOST_AUTO_TEST_CASE(a_command_that_hangs_delays_no_other_url) {
    FakeTree tree;
    tree.put("slow", "one");
    tree.put("fast", "one");
    const TemporaryDirectory directory;
    ChildProcess watch(
        treecast_program,
        {"watch",
         "--exec",
         "cd '" + directory.path() +
             "'; while [ $TREECAST_PATH = slow ] && ! [ -e go ]; "
             "do sleep 0.01; done; cat > $TREECAST_PATH",
         tree.url("slow"),
         tree.url("fast")}
    );
    BOOST_TEST(file_becomes(directory / "fast", "one"));
    BOOST_REQUIRE(is_held(tree, 2));

    tree.put("slow", "two");
    tree.put("slow", "three");
    tree.put("fast", "two");
    BOOST_TEST(file_becomes(directory / "fast", "two"));
    BOOST_REQUIRE(is_held(tree, 2));
    BOOST_TEST(!std::filesystem::exists(directory / "slow"));
    directory.write("go", "");

    BOOST_TEST(file_becomes(directory / "slow", "three"));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_at_once_even_while_the_server_is_away) {
    std::string url;
    {
        const FakeTree tree;
        url = tree.url("a");
    }
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        ChildProcess watch(treecast_program, {"watch", url});
        BOOST_TEST(watch.wait_for_output("trying again"));
        watch.signal(signal);
        BOOST_TEST(watch.wait().value() == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
