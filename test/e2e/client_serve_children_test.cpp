// `treecast serve` and children that refuse, die and hang: scripts in place of the real ones.
#include "base/instance.hpp"
#include "test/support/child_process.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

namespace {

/// A copy of `treecast` that finds our scripts beside itself.
struct ScriptedChildren {
    TemporaryDirectory programs;
    TemporaryDirectory root;

    ScriptedChildren() {
        std::filesystem::copy_file(treecast_program, programs / "treecast");
        script("treecast-daemon", waits);
        script("treecast-proxy", waits);
    }

    void script(
        const std::string& name,
        const std::string& body,
        const std::string& when_terminated = "exit 0"
    ) const {
        // The directory says what became of each: it runs once it knows what to do at SIGTERM.
        programs.write(
            name,
            "#!/bin/sh\ncd '" + programs.path() + "'\ntrap '" + when_terminated + "' TERM\n" +
                "echo $$ >> " + name + ".pids\necho \"$*\" > " + name + ".arguments\n" + body + '\n'
        );
        BOOST_REQUIRE(::chmod((programs / name).c_str(), 0755) == 0);
    }

    ChildProcess serve(std::vector<std::string> options = {}) const {
        // No daemon makes objects here, so there is nothing that a test could leave behind.
        options.insert(
            options.begin(),
            {"serve", root.path(), "--shm-dir=" + (programs / "objects"), "--instance=x"}
        );
        return {programs / "treecast", options};
    }

    std::vector<pid_t> pids(const std::string& name) const {
        std::vector<pid_t> found;
        if (!std::filesystem::exists(programs / (name + ".pids")))
            return found;
        const auto text = read_file(programs / (name + ".pids"));
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
            found.push_back(std::stoi(text.substr(at)));
        return found;
    }

    bool both_run() const {
        return poll_until([&] {
            return pids("treecast-daemon").size() == 1 && pids("treecast-proxy").size() == 1;
        });
    }
    bool both_gone() const {
        return poll_until([&] {
            for (const auto* const name : {"treecast-daemon", "treecast-proxy"})
                for (const pid_t pid : pids(name))
                    if (::kill(pid, 0) == 0)
                        return false;
            return true;
        });
    }

    static constexpr const char* waits = "while :; do sleep 0.02; done";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_serve_children, ScriptedChildren)

BOOST_AUTO_TEST_CASE(each_child_gets_its_options) {
    auto serve = this->serve({"--listen=127.0.0.1:0", "--memory-limit=1M"});
    BOOST_REQUIRE(both_run());

    const std::string common = "--instance=x --shm-dir=" + (programs / "objects");
    BOOST_TEST(poll_until([&] {
        return std::filesystem::exists(programs / "treecast-daemon.arguments") &&
               std::filesystem::exists(programs / "treecast-proxy.arguments") &&
               read_file(programs / "treecast-daemon.arguments") ==
                   common + " --root=" + root.path() + " --memory-limit=1M --log-level=warning\n" &&
               read_file(programs / "treecast-proxy.arguments") ==
                   common + " --log-level=warning --listen=127.0.0.1:0 --ready-fd=3\n";
    }));
    BOOST_TEST(serve.terminate().value() == 0);
}

BOOST_AUTO_TEST_CASE(a_child_that_refuses_ends_it_with_its_code_and_its_line) {
    for (const auto* const name : {"treecast-daemon", "treecast-proxy"})
        for (const int code : {2, 3}) {
            script("treecast-daemon", waits);
            script("treecast-proxy", waits);
            script(name, "echo 'this cannot be' >&2; exit " + std::to_string(code));
            auto serve = this->serve();
            BOOST_TEST(serve.wait().value() == code);
            BOOST_TEST(serve.standard_output() == "");
            BOOST_TEST(serve.standard_error() == "this cannot be\n");
            BOOST_TEST(both_gone());
        }
}

BOOST_AUTO_TEST_CASE(a_child_that_dies_is_started_again_five_times) {
    script("treecast-proxy", "exit 1");
    auto serve = this->serve();

    BOOST_TEST(serve.wait().value() == 1);

    BOOST_TEST(pids("treecast-proxy").size() == 6U);
    BOOST_TEST(pids("treecast-daemon").size() == 1U);
    BOOST_TEST(serve.standard_error().find("giving up") != std::string::npos);
    BOOST_TEST(both_gone());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_killed_is_started_again) {
    auto serve = this->serve();
    BOOST_REQUIRE(both_run());

    ::kill(pids("treecast-daemon").front(), SIGKILL);

    BOOST_TEST(poll_until([&] {
        return pids("treecast-daemon").size() == 2;
    }));
    BOOST_TEST(serve.terminate().value() == 0);
    BOOST_TEST(both_gone());
}

BOOST_AUTO_TEST_CASE(children_die_with_it) {
    auto serve = this->serve();
    BOOST_REQUIRE(both_run());

    serve.signal(SIGKILL);

    BOOST_TEST(serve.wait().value() == 128 + SIGKILL);
    BOOST_TEST(both_gone());
}

BOOST_AUTO_TEST_CASE(the_proxy_stops_before_the_daemon) {
    script("treecast-daemon", waits, "sleep 0.2; echo $0 >> order; exit 0");
    script("treecast-proxy", waits, "sleep 0.2; echo $0 >> order; exit 0");
    auto serve = this->serve();
    BOOST_REQUIRE(both_run());

    serve.signal(SIGINT);

    BOOST_TEST(serve.wait().value() == 0);
    BOOST_TEST(
        read_file(programs / "order") ==
        (programs / "treecast-proxy") + '\n' + (programs / "treecast-daemon") + '\n'
    );
}

BOOST_AUTO_TEST_CASE(a_second_signal_does_not_wait_for_children_that_hang) {
    script("treecast-daemon", waits, "");
    script("treecast-proxy", waits, "");
    auto serve = this->serve();
    BOOST_REQUIRE(both_run());

    BOOST_TEST(poll_until([&] {
        serve.signal(SIGINT);
        return !serve.is_running();
    }));

    BOOST_TEST(serve.wait().value() == 0);
    BOOST_TEST(both_gone());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_missing_is_a_configuration_error) {
    ChildProcess serve(treecast_program, {"serve", root / "missing"});

    BOOST_TEST(serve.wait().value() == 3);
    BOOST_TEST(serve.standard_error().find("missing") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
