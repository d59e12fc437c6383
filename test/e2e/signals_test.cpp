// What signals do to every program, whatever the caller has left blocked or ignored.
#include "test/support/run_client.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(signals)

namespace {

constexpr int stops[] = {SIGTERM, SIGINT, SIGQUIT, SIGALRM, SIGHUP};
constexpr int harmless[] = {SIGUSR1, SIGUSR2, SIGPIPE, SIGTTOU, SIGXFSZ};

/// env(1), which leaves signals blocked or ignored for the program.
constexpr const char* env = "/usr/bin/env";
const std::vector<std::string> all_blocked{"--block-signal"};
const std::vector<std::string> stops_ignored{"--ignore-signal=TERM,INT,QUIT,ALRM,CHLD"};

std::vector<std::string>
by_env(std::vector<std::string> how, std::initializer_list<std::string> command) {
    how.insert(how.end(), command.begin(), command.end());
    return how;
}

/// `treecast serve` by env(1).
struct Serve {
    InstanceGuard instance{};
    TemporaryDirectory tree{};
    ChildProcess process;

    explicit Serve(const std::vector<std::string>& how)
        : process(
              env,
              by_env(
                  how,
                  {treecast_program,
                   "serve",
                   tree.path(),
                   "--listen",
                   "127.0.0.1:0",
                   "--instance",
                   instance.name()}
              )
          ) {
        tree.write("f", "one");
        BOOST_TEST_REQUIRE(process.wait_for_output("serving "), process.standard_error());
    }
    std::string url() const {
        const auto out = process.standard_output();
        const auto begin = out.find("http://");
        return out.substr(begin, out.find('\n') - begin) + "f";
    }
    HttpServer server() const { return server_in(process.standard_output()); }
};

std::string described(const std::vector<std::string>& how, int signal) {
    return (how.empty() ? std::string("as usual") : how.front()) + ", signal " +
           std::to_string(signal);
}

}  // namespace

BOOST_AUTO_TEST_CASE(serve_ends_in_order_and_leaves_nothing_behind) {
    for (const auto& how : {std::vector<std::string>{}, all_blocked, stops_ignored})
        for (const int signal : stops) {
            const std::string what = described(how, signal);
            Serve serve(how);
            const auto before = std::chrono::steady_clock::now();
            serve.process.signal(signal);
            BOOST_TEST((serve.process.wait() == 0), what);
            BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds(5)), what);
        }
}

BOOST_AUTO_TEST_CASE(serve_and_its_children_do_not_end_by_harmless_signals) {
    Serve serve({});
    std::vector<pid_t> processes{serve.process.pid()};
    for (const auto* const program : {"treecast-daemon", "treecast-proxy"})
        processes.push_back(child_of(serve.process.pid(), program));
    for (const pid_t process : processes)
        for (const int signal : harmless)
            BOOST_TEST_REQUIRE(::kill(process, signal) == 0);

    BOOST_TEST(http_get(serve.server(), "/v1/files/f").body == "one");
    serve.tree.write("f", "two");
    BOOST_TEST(poll_until([&] {
        return http_get(serve.server(), "/v1/files/f").body == "two";
    }));
    for (const auto* const program : {"treecast-daemon", "treecast-proxy"})
        BOOST_TEST((
            std::find(processes.begin(), processes.end(), child_of(serve.process.pid(), program)) !=
            processes.end()
        ));
    BOOST_TEST((serve.process.terminate() == 0), serve.process.standard_error());
}

BOOST_AUTO_TEST_CASE(a_child_that_dies_is_noticed_though_the_caller_ignores_children) {
    Serve serve({"--ignore-signal=CHLD"});
    const pid_t proxy = child_of(serve.process.pid(), "treecast-proxy");
    ::kill(proxy, SIGKILL);
    BOOST_TEST(poll_until([&] {
        const pid_t now = child_of(serve.process.pid(), "treecast-proxy");
        return now != 0 && now != proxy;
    }));
    BOOST_TEST((serve.process.terminate() == 0), serve.process.standard_error());
}

BOOST_AUTO_TEST_CASE(a_hangup_that_the_caller_ignores_stays_ignored) {
    Serve serve({"--ignore-signal=HUP"});
    for (const pid_t process :
         {child_of(serve.process.pid(), "treecast-proxy"),
          child_of(serve.process.pid(), "treecast-daemon"),
          serve.process.pid()})
        BOOST_TEST_REQUIRE(::kill(process, SIGHUP) == 0);

    BOOST_TEST(http_get(serve.server(), "/v1/files/f").body == "one");
    BOOST_TEST((serve.process.terminate() == 0), serve.process.standard_error());
}

BOOST_AUTO_TEST_CASE(daemon_and_proxy_end_in_order_by_themselves) {
    const TemporaryDirectory tree;
    for (const auto& how : {std::vector<std::string>{}, all_blocked, stops_ignored})
        for (const int signal : stops) {
            const std::string what = described(how, signal);
            const InstanceGuard instance(Leftovers::are_expected);
            ChildProcess daemon(
                env,
                by_env(how, {daemon_program, "--root", tree.path(), "--instance", instance.name()})
            );
            ChildProcess proxy(
                env,
                by_env(
                    how,
                    {proxy_program, "--listen", "127.0.0.1:0", "--instance", instance.name()}
                )
            );
            BOOST_TEST_REQUIRE(daemon.wait_for_output("watching "), daemon.standard_error());
            BOOST_TEST_REQUIRE(proxy.wait_for_output("listening"), proxy.standard_error());
            daemon.signal(signal);
            proxy.signal(signal);
            BOOST_TEST((daemon.wait() == 0), what + daemon.standard_error());
            BOOST_TEST((proxy.wait() == 0), what + proxy.standard_error());
        }
}

BOOST_AUTO_TEST_CASE(watch_get_and_sync_end_though_everything_is_blocked) {
    Serve serve({});
    for (const int signal : stops) {
        ChildProcess watch(env, by_env(all_blocked, {treecast_program, "watch", serve.url()}));
        BOOST_TEST_REQUIRE(watch.wait_for_output("f "), watch.standard_error());
        for (const int other : harmless)
            watch.signal(other);
        watch.signal(signal);
        BOOST_TEST((watch.wait() == 0), signal);
    }
    // The daemon answers nobody while it is stopped.
    const pid_t daemon = child_of(serve.process.pid(), "treecast-daemon");
    BOOST_TEST_REQUIRE(stop_process(daemon));
    serve.tree.write("g", "unseen");
    for (const int signal : stops) {
        ChildProcess sync(
            env,
            by_env(all_blocked, {treecast_program, "sync", "--instance", serve.instance.name()})
        );
        BOOST_TEST_REQUIRE(poll_until([&] {
            return program_of(sync.pid()) == "treecast";
        }));
        sync.signal(SIGUSR1);
        sync.signal(signal);
        BOOST_TEST((sync.wait() == 128 + signal), signal);
    }
    ::kill(daemon, SIGCONT);
    BOOST_TEST((serve.process.terminate() == 0), serve.process.standard_error());
}

BOOST_AUTO_TEST_CASE(commands_of_watch_get_signals_as_they_are_by_default) {
    Serve serve({});
    const struct {
        std::vector<std::string> how;
        std::string ignored;
    } rows[] = {
        {{}, "0000000000000000"},
        {{"--block-signal", "--ignore-signal=TERM,USR1,PIPE,QUIT"}, "0000000000000000"},
        {{"--block-signal", "--ignore-signal=HUP,TERM"}, "0000000000000001"},
    };
    for (const auto& row : rows) {
        const TemporaryDirectory out;
        ChildProcess watch(
            env,
            by_env(
                row.how,
                {treecast_program,
                 "watch",
                 serve.url(),
                 "--exec",
                 "grep -E '^Sig(Blk|Ign):' /proc/self/status > " + (out / "new") + " && mv " +
                     (out / "new") + ' ' + (out / "mask")}
            )
        );
        BOOST_TEST_REQUIRE(poll_until([&] {
            return std::filesystem::exists(out / "mask");
        }));
        BOOST_TEST(
            read_file(out / "mask") == "SigBlk:\t0000000000000000\nSigIgn:\t" + row.ignored + "\n"
        );
        BOOST_TEST((watch.terminate() == 0));
    }
    BOOST_TEST((serve.process.terminate() == 0), serve.process.standard_error());
}

BOOST_AUTO_TEST_SUITE_END()
