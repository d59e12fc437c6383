#include "client/processes/child_process.hpp"

#include "client/output/memory_file.hpp"
#include "client/output/output.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

#include <poll.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::client;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(child_process)

namespace {

UniqueFd file_with(const std::string& content) {
    UniqueFd file = create_memory_file();
    write_all(file.get(), content, "test");
    BOOST_REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
    return file;
}

ChildSetup shell(const std::string& command) {
    ChildSetup setup;
    setup.executable = "/bin/sh";
    setup.arguments = {"sh", "-c", command};
    return setup;
}

ExitStatus run(const ChildSetup& setup) {
    const ChildProcess child(setup);
    pollfd ended{child.descriptor(), POLLIN, 0};
    BOOST_REQUIRE(::poll(&ended, 1, 20'000) == 1);
    return child.poll_exit().value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(descriptors_are_in_their_places_wherever_they_were) {
    const TemporaryDirectory directory;
    // They usually take the places themselves, so that one order is a swap.
    for (const bool is_swapped : {false, true}) {
        const UniqueFd first = file_with("a");
        const UniqueFd second = file_with("b");
        auto setup =
            shell("cat <&3 > '" + (directory / "3") + "'; cat <&4 > '" + (directory / "4") + '\'');
        setup.descriptors = {first.get(), second.get()};
        if (is_swapped)
            std::swap(setup.descriptors[0], setup.descriptors[1]);

        BOOST_TEST(run(setup).success());

        BOOST_TEST(read_file(directory / "3") == (is_swapped ? "b" : "a"));
        BOOST_TEST(read_file(directory / "4") == (is_swapped ? "a" : "b"));
    }
}

BOOST_AUTO_TEST_CASE(no_other_descriptor_is_inherited) {
    const UniqueFd ours = file_with("a");
    BOOST_TEST(run(shell("[ ! -e /proc/self/fd/" + std::to_string(ours.get()) + " ]")).success());
}

BOOST_AUTO_TEST_CASE(listen_pid_is_the_child_and_only_where_it_is_wanted) {
    for (const bool is_wanted : {true, false}) {
        auto setup = shell(is_wanted ? "[ \"$LISTEN_PID\" = $$ ]" : "[ -z \"$LISTEN_PID\" ]");
        setup.environment = {"LISTEN_FDS=0"};
        setup.sets_listen_pid = is_wanted;
        BOOST_TEST(run(setup).success());
    }
}

BOOST_AUTO_TEST_CASE(an_end_is_a_code_or_a_signal) {
    struct Row {
        const char* command;
        int code;  // -1: none
        const char* text;
    };
    for (const auto& row : std::array{
             Row{"exit 0", 0, "exit code 0"},
             Row{"exit 3", 3, "exit code 3"},
             Row{"kill -9 $$", -1, "signal 9 (Killed)"},
         }) {
        const auto status = run(shell(row.command));
        BOOST_TEST(status.code().value_or(-1) == row.code);
        BOOST_TEST(status.text() == row.text);
        BOOST_TEST(status.success() == (row.code == 0));
    }
}

BOOST_AUTO_TEST_SUITE_END()
