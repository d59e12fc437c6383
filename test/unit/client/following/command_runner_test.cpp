#include "client/following/command_runner.hpp"

#include "test/support/poll_until.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::client;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

namespace {

struct Fixture {
    TemporaryDirectory directory;

    CommandRunner runner(const std::string& command) const {
        return {"cd '" + directory.path() + "'; " + command, "conf/a b"};
    }
    static UniqueFd content(std::string_view bytes) {
        UniqueFd fd(::memfd_create("content", MFD_CLOEXEC));
        BOOST_REQUIRE(
            ::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())
        );
        return fd;
    }
    static FileChange change(const std::string& version) {
        return {FileEvent::change, version, "ab", 1, {}};
    }
    static void finish(CommandRunner& runner) {
        while (runner.descriptor() >= 0) {
            pollfd ended{runner.descriptor(), POLLIN, 0};
            BOOST_REQUIRE(::poll(&ended, 1, static_cast<int>(test::patience.count())) == 1);
            runner.advance();
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_runner, Fixture)

BOOST_AUTO_TEST_CASE(command_gets_content_and_environment) {
    auto runner = this->runner(
        "{ cat; echo \"|$TREECAST_PATH|$TREECAST_VERSION|$TREECAST_SHA256|$TREECAST_EVENT\"; } "
        "> out"
    );

    runner.submit(change("v1"), content("bytes"));
    finish(runner);

    BOOST_TEST(read_file(directory / "out") == "bytes|conf/a b|v1|ab|change\n");
}

BOOST_AUTO_TEST_CASE(deletion_has_empty_input) {
    auto runner = this->runner("{ cat; echo \"|$TREECAST_SHA256|$TREECAST_EVENT\"; } > out");

    runner.submit({FileEvent::deleted, "v2", {}, 0, {}}, {});
    finish(runner);

    BOOST_TEST(read_file(directory / "out") == "||delete\n");
}

BOOST_AUTO_TEST_CASE(of_changes_that_come_meanwhile_the_newest_is_next) {
    auto runner = this->runner(
        "echo $TREECAST_VERSION >> out; while [ $TREECAST_VERSION = v1 ] && ! [ -e go ]; "
        "do sleep 0.01; done"
    );

    runner.submit(change("v1"), content("1"));
    for (const auto* const version : {"v2", "v3", "v4"})
        runner.submit(change(version), content(version));
    directory.write("go", "");
    finish(runner);

    BOOST_TEST(read_file(directory / "out") == "v1\nv4\n");
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_or_reads_nothing_harms_no_other) {
    auto runner = this->runner("echo x >> out; [ $TREECAST_VERSION != v2 ] || kill -9 $$; exit 7");

    for (const auto* const version : {"v1", "v2", "v3"}) {
        runner.submit(change(version), content(std::string(1'000'000, 'x')));
        finish(runner);
    }

    BOOST_TEST(read_file(directory / "out") == "x\nx\nx\n");
}

BOOST_AUTO_TEST_SUITE_END()
