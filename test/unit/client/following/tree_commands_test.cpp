// Against a server that can misbehave, on loopback.
#include "client/following/tree_commands.hpp"

#include "test/support/poll_until.hpp"
#include "test/support/temporary_directory.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace treecast;
using namespace treecast::client;
using namespace treecast::test;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

struct CommandsFixture {
    FakeTree tree;
    TemporaryDirectory directory;
    TransferEngine http;

    TreeCommands commands(const std::string& command) const {
        const auto url = tree.url("");
        return {
            "cd '" + directory.path() + "'; " + command,
            url.substr(0, url.find('/', std::string("http://").size()))};
    }
    static FileChange change(unsigned revision) {
        return {FileEvent::change, to_string(Version{1, revision}), {}, 3, {}};
    }
    static FileChange deletion(unsigned revision) {
        return {FileEvent::deleted, to_string(Version{1, revision}), {}, 0, {}};
    }
    /// Returns whether an answer came.
    bool step(TreeCommands& commands) {
        commands.poll(http, 1, Clock::now());
        std::vector<int> readable;
        if (commands.descriptor() >= 0)
            readable.push_back(commands.descriptor());
        const auto completed = http.wait(milliseconds(20), readable);
        for (const auto& each : completed)
            commands.complete(each.answer, 0.0, Clock::now());
        commands.advance();
        return !completed.empty();
    }
    void run_until(TreeCommands& commands, const std::string& output) {
        BOOST_TEST_REQUIRE(poll_until([&] {
            step(commands);
            return std::filesystem::exists(directory / "out") &&
                   read_file(directory / "out") == output;
        }));
    }
};

const std::string report =
    "{ echo \"$TREECAST_EVENT $TREECAST_PATH $(cat) ${TREECAST_VERSION#0*.}\"; } >> out";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tree_commands, CommandsFixture)

BOOST_AUTO_TEST_CASE(each_changed_file_is_one_run_in_turn) {
    tree.put("a", "one");
    tree.put("b", "two");
    auto commands = this->commands(report);

    commands.submit("a", change(2));
    commands.submit("b", change(3));
    commands.submit("c", deletion(4));

    run_until(commands, "change a one 2\nchange b two 3\ndelete c  4\n");
    BOOST_TEST(!commands.due().has_value());
}

BOOST_AUTO_TEST_CASE(of_changes_of_one_path_that_wait_the_newest_is_run) {
    tree.put("a", "one");
    tree.put("b", "two");
    auto commands = this->commands(report);

    commands.submit("b", change(3));
    commands.submit("a", change(2));
    commands.submit("b", deletion(4));

    run_until(commands, "delete b  4\nchange a one 2\n");
}

BOOST_AUTO_TEST_CASE(a_content_that_is_newer_than_its_change_is_run_once) {
    tree.put("a", "one");
    tree.put("a", "two");
    auto commands = this->commands(report);

    commands.submit("a", change(2));
    run_until(commands, "change a two 3\n");
    commands.submit("a", change(3));  // listed after the run
    BOOST_TEST(!commands.due().has_value());
    tree.put("a", "three");
    tree.put("a", "four");
    commands.submit("a", change(4));
    commands.poll(http, 1, Clock::now());
    commands.submit("a", change(5));  // listed before the content came
    run_until(commands, "change a two 3\nchange a four 5\n");
    BOOST_TEST(!commands.due().has_value());
    commands.submit("a", change(6));
    run_until(commands, "change a two 3\nchange a four 5\nchange a four 5\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_gone_is_left_to_the_deletion) {
    auto commands = this->commands(report);

    commands.submit("a", change(2));
    BOOST_TEST(poll_until([&] {
        return step(commands);
    }));

    BOOST_TEST(!commands.due().has_value());
    commands.submit("a", deletion(3));
    run_until(commands, "delete a  3\n");
}

BOOST_AUTO_TEST_CASE(what_fails_is_tried_again_after_a_pause_and_behind_the_others) {
    tree.put("a", "one");
    tree.put("b", "two");
    auto commands = this->commands(report);
    tree.misbehave_once("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n");

    commands.submit("a", change(2));
    commands.submit("b", change(3));

    run_until(commands, "change b two 3\nchange a one 2\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_had_delays_no_change_of_another_nor_its_own_next) {
    tree.put("a", "one");
    tree.put("b", "two");
    auto commands = this->commands(report);
    const auto fail = [&](const std::string& retry_after) {
        tree.misbehave_once(
            "HTTP/1.1 503 x\r\nRetry-After: " + retry_after + "\r\nContent-Length: 0\r\n\r\n"
        );
        BOOST_TEST_REQUIRE(poll_until([&] {
            return step(commands);
        }));
    };
    commands.submit("a", change(2));
    fail("0");
    fail("100");
    BOOST_TEST_REQUIRE(commands.due().has_value());
    BOOST_TEST((*commands.due() > Clock::now() + std::chrono::seconds(90)));

    commands.submit("b", change(3));
    run_until(commands, "change b two 3\n");

    tree.put("a", "three");
    commands.submit("a", change(4));
    run_until(commands, "change b two 3\nchange a three 4\n");
    BOOST_TEST(!commands.due().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
