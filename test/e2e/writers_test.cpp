// Writers that take their time, and names that come later: what subscribers get to see.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/self_proving.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writers)

namespace {

constexpr uid_t other_user = 61'001;  // of no account, owner of nothing
constexpr auto a_while = 400ms;

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// A file that is overwritten in two steps by a writer that pauses between them.
void expect_old_until_close(PairOfPrograms& programs) {
    const auto path = programs.tree() / "f";
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("f", "wait=60&after=" + version_of(programs.get("f")));

    UniqueFd writer(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    BOOST_TEST_REQUIRE((::write(writer.get(), "half ", 5) == 5));
    BOOST_TEST(!poll.has_answer(a_while));
    BOOST_TEST(programs.get("f").body == "old content");
    BOOST_TEST_REQUIRE((::write(writer.get(), "whole", 5) == 5));
    BOOST_TEST(!poll.has_answer(a_while));
    writer.reset();

    BOOST_TEST(poll.receive().body == "half whole");
}

}  // namespace

BOOST_AUTO_TEST_CASE(half_a_file_is_never_seen) {
    PairOfPrograms programs;
    programs.tree().write("f", "old content");
    programs.start_daemon();
    programs.start_proxy();
    expect_old_until_close(programs);
}

BOOST_AUTO_TEST_CASE(
    half_a_file_is_never_seen_by_a_daemon_that_does_not_own_it,
    *needs(need::other_users())
) {
    PairOfPrograms programs(other_user);
    programs.tree().write("f", "old content");
    programs.start_daemon({}, {.user = other_user, .group = other_user});
    programs.start_proxy({}, {.user = other_user, .group = other_user});
    expect_old_until_close(programs);
}

BOOST_AUTO_TEST_CASE(what_is_appended_is_seen_while_the_file_stays_open) {
    PairOfPrograms programs;
    programs.tree().write("log", "first line\n");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("log", "wait=60&after=" + version_of(programs.get("log")));
    const UniqueFd writer(::open((programs.tree() / "log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)
    );

    BOOST_TEST_REQUIRE((::write(writer.get(), "second line\n", 12) == 12));

    BOOST_TEST(poll.receive().body == "first line\nsecond line\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_got_its_name_while_it_was_open_is_seen_when_it_is_closed) {
    PairOfPrograms programs;
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const std::string tree = programs.tree().path();
    UniqueFd writer(::open(tree.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644));
    BOOST_TEST_REQUIRE((::write(writer.get(), "half ", 5) == 5));
    const std::string opened = "/proc/self/fd/" + std::to_string(writer.get());
    BOOST_TEST(
        ::linkat(AT_FDCWD, opened.c_str(), AT_FDCWD, (tree + "/f").c_str(), AT_SYMLINK_FOLLOW) == 0
    );
    auto poll = programs.poll("f", "wait=60");
    BOOST_TEST(!poll.has_answer(a_while));
    BOOST_TEST_REQUIRE((::write(writer.get(), "whole", 5) == 5));
    writer.reset();

    // Nobody is told of the closing. Well before --open-limit:
    BOOST_TEST(poll.receive(5s).body == "half whole");
}

BOOST_AUTO_TEST_CASE(a_change_through_a_name_that_came_later_changes_both) {
    PairOfPrograms programs;
    programs.tree().write("a", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll_a = programs.poll("a", "wait=60&after=" + version_of(programs.get("a")));
    auto poll_b = programs.poll("b", "wait=60");
    BOOST_TEST(::link((programs.tree() / "a").c_str(), (programs.tree() / "b").c_str()) == 0);
    BOOST_TEST(poll_b.receive().body == "one");

    programs.tree().write("b", "two");

    BOOST_TEST(poll_a.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(a_write_through_a_name_outside_is_seen_while_the_name_inside_is_changed) {
    const TemporaryDirectory outside;
    PairOfPrograms programs;
    programs.tree().write("a", "one");
    BOOST_TEST(::link((programs.tree() / "a").c_str(), (outside / "name").c_str()) == 0);
    programs.start_daemon({"--delete-grace", "500ms"});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("a").body == "one");

    // For as long as the grace lasts, the file seems to have both names inside.
    BOOST_TEST(::rename((programs.tree() / "a").c_str(), (programs.tree() / "b").c_str()) == 0);
    BOOST_TEST(poll_until([&] {
        return programs.get("b").body == "one";
    }));
    outside.write("name", "two");

    BOOST_TEST(poll_until([&] {
        return programs.get("b").body == "two";
    }));
}

BOOST_AUTO_TEST_CASE(a_write_through_a_name_outside_is_seen_through_links_too) {
    const TemporaryDirectory outside;
    PairOfPrograms programs;
    programs.tree().write("a", "one");
    BOOST_TEST(::link((programs.tree() / "a").c_str(), (outside / "name").c_str()) == 0);
    BOOST_TEST(::symlink("a", (programs.tree() / "to a").c_str()) == 0);
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("a").body == "one");
    BOOST_TEST(programs.get("to%20a").body == "one");

    outside.write("name", "two");

    BOOST_TEST(poll_until([&] {
        return programs.get("a").body == "two" && programs.get("to%20a").body == "two";
    }));
}

BOOST_AUTO_TEST_CASE(
    a_directory_that_was_unreadable_is_seen_again_with_what_came_meanwhile,
    *needs(need::other_users())
) {
    PairOfPrograms programs(other_user);
    programs.tree().write("dir/f", "in");
    programs.start_daemon({}, {.user = other_user, .group = other_user});
    programs.start_proxy({}, {.user = other_user, .group = other_user});
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("dir/f").body == "in");

    // Neither read nor searched; read only, so that it lists names behind which nothing is found.
    for (const mode_t mode : {0700U, 0744U}) {
        BOOST_TEST(::chmod((programs.tree() / "dir").c_str(), mode) == 0);
        const std::string content = "new " + std::to_string(mode);
        programs.tree().write("dir/g", content);
        BOOST_TEST(poll_until([&] {
            return programs.get("dir/f").has_header("Treecast-Stale");
        }));
        BOOST_TEST(programs.get("dir/f").body == "in");
        BOOST_TEST(::chmod((programs.tree() / "dir").c_str(), 0755) == 0);

        BOOST_TEST(poll_until([&] {
            return programs.get("dir/g").body == content;
        }));
        BOOST_TEST(poll_until([&] {
            return !programs.get("dir/f").has_header("Treecast-Stale");
        }));
    }
}

BOOST_AUTO_TEST_CASE(a_close_is_followed_at_once_however_long_the_writing_took) {
    constexpr std::size_t writers = 9;
    PairOfPrograms programs;
    for (std::size_t i = 0; i < writers; ++i)
        programs.tree().write(std::to_string(i), "old");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<HttpConnection> polls;
    for (std::size_t i = 0; i < writers; ++i) {
        const std::string name = std::to_string(i);
        polls.push_back(programs.poll(name, "wait=60&after=" + version_of(programs.get(name))));
    }

    // All the time, so that no look finds a file past its ctime; closed right after a write.
    const auto end = std::chrono::steady_clock::now() + 4s;
    std::vector<std::chrono::steady_clock::duration> delays;
    for (std::size_t i = 0; i < writers; ++i) {
        const std::string path = programs.tree() / std::to_string(i);
        UniqueFd writer(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
        const auto until = i == 0 ? end : std::chrono::steady_clock::now() + 2s;
        while (std::chrono::steady_clock::now() < until) {
            BOOST_TEST_REQUIRE((::write(writer.get(), "new ", 4) == 4));
            std::this_thread::sleep_for(200us);
        }
        writer.reset();
        const auto closed = std::chrono::steady_clock::now();
        BOOST_TEST(polls[i].receive().body.starts_with("new "));
        delays.push_back(std::chrono::steady_clock::now() - closed);
    }

    std::ranges::sort(delays);
    BOOST_TEST(
        (delays[writers / 2] < 40ms),
        std::chrono::duration_cast<std::chrono::milliseconds>(delays[writers / 2]).count()
    );
}

BOOST_AUTO_TEST_CASE(a_large_file_is_copied_between_two_rewritings_however_long_its_hash_takes) {
    constexpr std::size_t large_bytes = std::size_t{16} << 20;
    PairOfPrograms programs;
    const std::string path = programs.tree() / "f";
    programs.tree().write("f", self_proving(large_bytes, 1));
    // Without the processor's instructions for SHA.
    programs.start_daemon({}, {.environment = {{"OPENSSL_ia32cap", ":~0x20000000"}}});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::string version = version_of(programs.get("f"));
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        std::vector<std::string> contents;
        for (unsigned i = 0; i < 3; ++i)
            contents.push_back(self_proving(large_bytes, 2 + i));
        for (std::size_t i = 0; !stop; ++i) {
            const auto begun = std::chrono::steady_clock::now();
            UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
            const std::string& content = contents[i % contents.size()];
            static_cast<void>(::pwrite(file.get(), content.data(), content.size(), 0));
            file.reset();
            // Time for a copy, which takes as long as the writing, and not for a hash.
            const auto took = std::chrono::steady_clock::now() - begun;
            std::this_thread::sleep_for(std::max<std::chrono::nanoseconds>(30ms, 4 * took));
        }
    });

    unsigned versions = 0;
    for (; versions < 5; ++versions) {
        auto poll = programs.poll("f", "wait=60&after=" + version);
        if (!poll.has_answer(20s))
            break;
        const auto answer = poll.receive();
        BOOST_TEST(answer.status == 200U);
        BOOST_TEST(proves_itself(answer.body));
        version = version_of(answer);
    }
    stop = true;
    writer.join();

    BOOST_TEST(versions == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
