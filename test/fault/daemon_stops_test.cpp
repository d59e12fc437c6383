// The daemon dies, hangs, is restarted or is late: subscribers lose nothing and are told.
#include "base/version.hpp"
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/published_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(daemon_stops)

namespace {

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_proxy_waits_for_a_daemon_that_is_late) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_proxy();
    const auto early = programs.get("f");
    BOOST_TEST(early.status == 503);
    BOOST_TEST(early.has_header("Retry-After"));
    BOOST_TEST(http_get(programs.server(), "/readyz").status == 503);
    BOOST_TEST(http_get(programs.server(), "/healthz").status == 200);

    programs.start_daemon();

    BOOST_TEST(programs.wait_until_ready());
    BOOST_TEST(programs.get("f").body == "one");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_killed_leaves_the_proxy_serving_and_loses_no_edit) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.tree().write("gone", "x");
    programs.tree().write("cold", "never read before");
    programs.start_daemon();
    programs.start_proxy({"--load-timeout", "500ms"});
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto version = version_of(programs.get("f"));
    auto poll_f = programs.poll("f", "wait=60&after=" + version);
    auto poll_gone = programs.poll("gone", "wait=60&after=" + version_of(programs.get("gone")));
    auto poll_new = programs.poll("new", "wait=60");

    programs.daemon()->signal(SIGKILL);
    BOOST_TEST((programs.daemon()->wait() == 128 + SIGKILL));

    BOOST_TEST(poll_until([&] {
        return programs.get("f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(programs.get("f").body == "one");
    const auto cold = programs.get("cold");
    BOOST_TEST(cold.status == 503);
    BOOST_TEST(cold.has_header("Retry-After"));
    BOOST_TEST(http_get(programs.server(), "/readyz").status == 200);
    programs.tree().replace("f", "edited meanwhile");
    ::unlink((programs.tree() / "gone").c_str());
    programs.tree().write("new", "new");
    BOOST_TEST(!poll_f.has_answer());

    programs.start_daemon();

    const auto response = poll_f.receive();
    BOOST_TEST(response.body == "edited meanwhile");
    BOOST_TEST(poll_until([&] {
        return !programs.get("f").has_header("Treecast-Stale");
    }));
    BOOST_TEST((parse_version(version_of(response))->epoch == parse_version(version)->epoch));
    BOOST_TEST((parse_version(version_of(response))->revision > parse_version(version)->revision));
    BOOST_TEST(poll_gone.receive().status == 404);
    BOOST_TEST(poll_new.receive().body == "new");
    BOOST_TEST(programs.get("cold").body == "never read before");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_hangs_makes_answers_stale_until_it_goes_on) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("f", "wait=60&after=" + version_of(programs.get("f")));

    BOOST_TEST_REQUIRE(stop_process(programs.daemon()->pid()));
    programs.tree().replace("f", "two");
    BOOST_TEST(poll_until([&] {
        return programs.get("f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(http_get(programs.server(), "/readyz").body.find("stale") != std::string::npos);
    programs.daemon()->signal(SIGCONT);

    BOOST_TEST(poll.receive().body == "two");
    BOOST_TEST(poll_until([&] {
        return !programs.get("f").has_header("Treecast-Stale");
    }));
}

BOOST_AUTO_TEST_CASE(a_restart_without_changes_wakes_nobody) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto version = version_of(programs.get("f"));
    auto poll = programs.poll("f", "wait=60&after=" + version);

    BOOST_TEST((programs.daemon()->terminate() == 0));
    programs.start_daemon();
    BOOST_TEST(programs.daemon()->wait_for_output("watching "));

    BOOST_TEST(!poll.has_answer(500ms));
    BOOST_TEST(version_of(programs.get("f")) == version);
    programs.tree().write("f", "two");
    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(a_second_daemon_of_an_instance_says_so_and_exits_3) {
    PairOfPrograms programs;
    programs.start_daemon();
    BOOST_TEST(programs.daemon()->wait_for_output("watching "));

    ChildProcess second(
        daemon_program,
        {"--root", programs.tree().path(), "--instance", programs.instance().name()}
    );

    BOOST_TEST((second.wait() == 3));
    BOOST_TEST((second.standard_error().find("another daemon") != std::string::npos));
    BOOST_TEST(programs.daemon()->is_running());
}

BOOST_AUTO_TEST_CASE(another_instance_after_clean_is_another_epoch_and_resets_its_cursors) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto version = version_of(programs.get("f"));
    auto poll = programs.poll("f", "wait=60&after=" + version);

    BOOST_TEST((programs.daemon()->terminate() == 0));
    ChildProcess clean(treecast_program, {"clean", "--instance", programs.instance().name()});
    BOOST_TEST((clean.wait() == 0), clean.standard_error());
    programs.start_daemon();

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST((parse_version(version_of(response))->epoch != parse_version(version)->epoch));
}

BOOST_AUTO_TEST_CASE(
    a_directory_that_became_unreadable_meanwhile_makes_answers_stale,
    *needs(need::other_users())
) {
    constexpr uid_t other_user = 61'001;
    PairOfPrograms programs(other_user);
    const ChildOptions as_other{.user = other_user, .group = other_user};
    programs.tree().write("dir/f", "one");
    programs.start_daemon({}, as_other);
    programs.start_proxy({}, as_other);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("dir/f").body == "one");

    programs.daemon()->signal(SIGKILL);
    programs.daemon()->wait();
    BOOST_TEST(::chmod((programs.tree() / "dir").c_str(), 0700) == 0);
    programs.tree().write("dir/f", "two");
    programs.start_daemon({}, as_other);
    BOOST_TEST(programs.daemon()->wait_for_output("watching "));

    BOOST_TEST(poll_until([&] {
        const auto status = http_get(programs.server(), "/v1/status").body;
        return status.find("1 directory cannot be read any more (/dir: Permission denied)") !=
               status.npos;
    }));
    BOOST_TEST(poll_until([&] {
        return programs.get("dir/f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(::chmod((programs.tree() / "dir").c_str(), 0755) == 0);
    BOOST_TEST(poll_until([&] {
        const auto response = programs.get("dir/f");
        return response.body == "two" && !response.has_header("Treecast-Stale");
    }));
}

BOOST_AUTO_TEST_CASE(what_a_killed_daemon_had_not_announced_as_deleted_the_next_one_does) {
    PairOfPrograms programs;
    programs.tree().write("d/f", "one");
    programs.start_daemon({"--delete-grace", "3600s"});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("d/f").body == "one");
    std::filesystem::remove_all(programs.tree() / "d");
    programs.tree().write("later", "two");
    BOOST_TEST(poll_until([&] {  // and so what was done before has been noticed
        return programs.get("later").body == "two";
    }));

    programs.daemon()->signal(SIGKILL);
    BOOST_TEST((programs.daemon()->wait() == 128 + SIGKILL));
    programs.start_daemon();

    BOOST_TEST(poll_until([&] {
        return programs.get("d/f").status == 404;
    }));
}

BOOST_AUTO_TEST_CASE(one_that_is_killed_while_it_stores_a_large_release_leaves_nothing_undone) {
    constexpr int many = 20'000;  // stored over several turns
    PairOfPrograms programs;
    for (int i = 0; i < many; ++i)
        programs.tree().write("first/" + std::to_string(i), "");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::filesystem::rename(programs.tree() / "first", programs.tree() / "second");
    BOOST_TEST(poll_until([&] {  // it is seen before the revision is current
        return programs.get("second/0").status == 200;
    }));

    programs.daemon()->signal(SIGKILL);
    BOOST_TEST((programs.daemon()->wait() == 128 + SIGKILL));
    std::filesystem::rename(programs.tree() / "second", programs.tree() / "third");
    programs.start_daemon();
    BOOST_TEST(programs.daemon()->wait_for_output("watching "));

    ChildProcess sync(
        treecast_program,
        {"sync", "--instance", programs.instance().name(), "--shm-dir", programs.instance().base()}
    );
    BOOST_TEST((sync.wait() == 0), sync.standard_error());
    const std::string wrong = differences_from_tree(programs.server(), programs.tree().path());
    BOOST_TEST(wrong.empty(), wrong);
    BOOST_TEST(programs.get("third/" + std::to_string(many - 1)).status == 200);
    for (const auto* const gone : {"first/0", "second/0"})
        BOOST_TEST(programs.get(gone).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
