// What is on disk cannot be read: the last content is served on, says so, and `sync` names it.
//
// The filesystem that fails is mounted in a namespace of the test's own.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/run_client.hpp"
#include "test/support/serving.hpp"
#include "test/support/serving_beside_fuse.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <csignal>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(stale)

namespace {

std::int64_t stale_files(const HttpServer& server) {
    return json::parse(http_get(server, "/v1/status").body).at("stale_files").to_number<int>();
}

/// serve on a tree whose directory `d` is on a filesystem that fails as it is told.
struct Fixture : ServingBesideFuse {
    TemporaryDirectory source;
    TemporaryDirectory orders;

    Fixture() {
        tree.write("plain", "plain");
        tree.write("d/.keep", "");
        source.write("f", "one");
        source.write("never", "never read");
        start(
            TREECAST_SICK_FILESYSTEM,
            tree / "d",
            {source.path(), orders.path()},
            "--load-timeout 1"
        );
        BOOST_TEST(get("d/f").body == "one");
    }
    ~Fixture() {
        for (const auto& order : std::filesystem::directory_iterator(orders.path()))
            std::filesystem::remove(order);
    }

    void order(const std::string& what, const std::string& how) const { orders.write(what, how); }
    void heal(const std::string& what) const { std::filesystem::remove(orders / what); }
    /// Through the mount, so that it is reported.
    std::string file() const {
        return "/proc/" + std::to_string(serve->pid()) + "/root" + (tree / "d/f");
    }
    void replace(const std::string& content) const {
        std::ofstream(file() + ".new") << content;
        std::filesystem::rename(file() + ".new", file());
    }
    Run sync(std::vector<std::string> arguments = {}) const {
        arguments.insert(arguments.begin(), {"sync", "--instance", instance.name()});
        return run_client(arguments);
    }
    bool becomes_stale(const char* reason) const {
        return poll_until([&] {
            return get("d/f").has_header("Treecast-Stale") &&
                   listed_files(server).at("d/f").contains("stale") &&
                   listed_files(server).at("d/f").at("stale") == reason;
        });
    }
    bool becomes(const std::string& content) const {
        return poll_until([&] {
            const auto now = get("d/f");
            return now.body == content && !now.has_header("Treecast-Stale");
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    content_that_cannot_be_read_is_served_as_it_was_and_says_so,
    Fixture,
    *needs(need::fuse())
) {
    const auto before = get("d/f");
    const std::string tag = before.header("ETag");
    const std::string version = before.header("Treecast-Version");
    HttpConnection held(server);
    held.send_request("GET", "/v1/files/d/f?wait=2&after=" + version);

    order("f.read", std::to_string(EIO));
    replace("two");
    BOOST_TEST(becomes_stale("unreadable"));

    const auto now = get("d/f");
    BOOST_TEST(now.body == "one");
    BOOST_TEST(now.header("Treecast-Version") == version);
    BOOST_TEST(get("d/f", {{"If-None-Match", tag}}).status == 304);
    BOOST_TEST(get("d/f", {{"If-None-Match", tag}}).has_header("Treecast-Stale"));
    BOOST_TEST(get("d/f", {{"Range", "bytes=1-1"}}).status == 206);
    BOOST_TEST(get("d/f", {{"Range", "bytes=1-1"}}).has_header("Treecast-Stale"));
    BOOST_TEST(held.receive().has_header("Treecast-Stale"));  // the end of its wait
    BOOST_TEST(!get("plain").has_header("Treecast-Stale"));
    BOOST_TEST(stale_files(server) == 1);
    const auto status = run_client({"status", "--instance", instance.name()});
    BOOST_TEST(status.output.find("stale        1 file") != std::string::npos, status.output);

    heal("f.read");

    BOOST_TEST(becomes("two"));
    BOOST_TEST(stale_files(server) == 0);
}

BOOST_FIXTURE_TEST_CASE(sync_names_what_it_leaves_out, Fixture, *needs(need::fuse())) {
    order("f.read", std::to_string(EIO));
    replace("two");
    tree.write("plain", "new");

    const auto all = sync();
    const auto json = sync({"--json"});
    const auto other = sync({"plain"});
    const auto this_one = sync({tree / "d"});
    const auto nothing = sync({"d/nothing"});
    const auto elsewhere = sync({"/etc/passwd"});

    BOOST_TEST(all.code == 1);
    BOOST_TEST(all.error == "treecast: d/f: left out: Input/output error\n");
    BOOST_TEST(all.output.size() > 17U);  // the cursor
    BOOST_TEST(get("plain").body == "new");
    BOOST_TEST(json.code == 1);
    BOOST_TEST(json.error == "");
    BOOST_TEST(json.output.find("\"path\":\"d/f\",\"reason\":\"unreadable\"") != std::string::npos);
    BOOST_TEST(other.code == 0);
    BOOST_TEST(other.error == "");
    BOOST_TEST(this_one.code == 1);
    check_one_line(nothing, 5, "d/nothing: nothing of that name");
    check_one_line(elsewhere, 5, "/etc/passwd: is not below");

    heal("f.read");
    BOOST_TEST(sync().code == 0);  // it is tried again at once
    BOOST_TEST(get("d/f").body == "two");
}

BOOST_FIXTURE_TEST_CASE(every_way_to_fail_is_told, Fixture, *needs(need::fuse())) {
    struct Row {
        const char* operation;
        int error;
        const char* reason;
    };
    int number = 0;
    for (const Row& row :
         {Row{"f.open", EIO, "unreadable"},
          Row{"f.open", EACCES, "unreadable"},
          Row{"f.open", EPERM, "unreadable"},
          Row{"f.open", ENFILE, "no_descriptors"},
          Row{"f.open", ENOMEM, "no_memory"},
          Row{"f.read", ESTALE, "unreadable"},
          Row{"f.read", ENOTCONN, "unreadable"},
          Row{"f.read", ETIMEDOUT, "unreadable"},
          Row{"f.read", EACCES, "unreadable"}}) {
        const std::string next = std::to_string(++number);
        BOOST_TEST_CONTEXT(row.operation << " " << row.error) {
            order(row.operation, std::to_string(row.error));
            replace(next);
            BOOST_TEST(becomes_stale(row.reason));
            heal(row.operation);
            BOOST_TEST(sync().code == 0);
            BOOST_TEST(becomes(next));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_stat_is_not_to_be_had_is_told, Fixture, *needs(need::fuse())) {
    std::string content = "one";
    for (const int error : {EIO, EACCES, ESTALE}) {
        BOOST_TEST_CONTEXT(error) {
            std::ofstream writer(file(), std::ios::app);
            BOOST_TEST(bool(writer));
            order("f.stat", std::to_string(error));
            writer << 'x';
            writer.close();
            content += 'x';
            BOOST_TEST(becomes_stale("unreadable"));
            heal("f.stat");
            BOOST_TEST(sync().code == 0);
            BOOST_TEST(becomes(content));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_read_that_does_not_come_back_is_told, Fixture, *needs(need::fuse())) {
    order("f.read", "hang");
    replace("two");

    BOOST_TEST(becomes_stale("hung"));
    const auto left = sync();
    BOOST_TEST(left.code == 1);
    BOOST_TEST(left.error.find("d/f: left out: reading it does not come back") != left.error.npos);

    heal("f.read");
    BOOST_TEST(becomes("two"));
    BOOST_TEST(sync().code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_stale_file_that_is_deleted_is_gone, Fixture, *needs(need::fuse())) {
    order("f.read", std::to_string(EIO));
    replace("two");
    BOOST_TEST(becomes_stale("unreadable"));

    std::filesystem::remove(file());

    BOOST_TEST(poll_until([&] {
        return get("d/f").status == 404;
    }));
    BOOST_TEST(stale_files(server) == 0);
    BOOST_TEST(sync().code == 0);
}

BOOST_FIXTURE_TEST_CASE(
    a_file_that_was_never_read_is_unavailable_and_named_only_while_it_is_wanted,
    Fixture,
    *needs(need::fuse())
) {
    order("never.read", std::to_string(EIO));

    const auto refusal = get("d/never");
    BOOST_TEST(refusal.status == 503);
    BOOST_TEST((json::parse(refusal.body).at("reason") == "unreadable"));
    BOOST_TEST(refusal.has_header("Retry-After"));
    BOOST_TEST(sync().code == 1);
    BOOST_TEST(sync({"plain"}).code == 0);

    heal("never.read");
    BOOST_TEST(poll_until([&] {
        return get("d/never").body == "never read";
    }));
    BOOST_TEST(sync().code == 0);
}

BOOST_AUTO_TEST_CASE(
    a_daemon_without_descriptors_says_so_for_each_file,
    *needs(need::no_sanitizer_that_opens_files())
) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.tree().write("g", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("f").body == "one");
    BOOST_TEST(programs.get("g").body == "one");
    rlimit before{};
    BOOST_TEST_REQUIRE(::prlimit(programs.daemon()->pid(), RLIMIT_NOFILE, nullptr, &before) == 0);
    const rlimit few{4, before.rlim_max};
    BOOST_TEST_REQUIRE(::prlimit(programs.daemon()->pid(), RLIMIT_NOFILE, &few, nullptr) == 0);

    programs.tree().replace("f", "two");

    BOOST_TEST(poll_until([&] {
        return programs.get("f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(programs.get("f").body == "one");
    BOOST_TEST(listed_files(programs.server()).at("f").at("stale") == "no_descriptors");
    BOOST_TEST(!programs.get("g").has_header("Treecast-Stale"));

    // A successor finds it stale, and reads it.
    programs.daemon()->signal(SIGKILL);
    static_cast<void>(programs.daemon()->wait());
    programs.start_daemon();
    BOOST_TEST(poll_until([&] {
        const auto now = programs.get("f");
        return now.body == "two" && !now.has_header("Treecast-Stale");
    }));
    BOOST_TEST(stale_files(programs.server()) == 0);
}

BOOST_AUTO_TEST_CASE(
    a_new_directory_that_cannot_be_opened_for_lack_of_descriptors_is_told,
    *needs(need::no_sanitizer_that_opens_files())
) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    rlimit before{};
    BOOST_TEST_REQUIRE(::prlimit(programs.daemon()->pid(), RLIMIT_NOFILE, nullptr, &before) == 0);
    const rlimit few{4, before.rlim_max};
    BOOST_TEST_REQUIRE(::prlimit(programs.daemon()->pid(), RLIMIT_NOFILE, &few, nullptr) == 0);

    programs.tree().write("new/g", "g");

    BOOST_TEST(poll_until([&] {
        const auto status = json::parse(http_get(programs.server(), "/v1/status").body);
        return !status.at("degraded").is_null();
    }));
    BOOST_TEST(programs.get("f").has_header("Treecast-Stale"));

    BOOST_TEST_REQUIRE(::prlimit(programs.daemon()->pid(), RLIMIT_NOFILE, &before, nullptr) == 0);
    BOOST_TEST(poll_until([&] {
        return programs.get("new/g").body == "g" && !programs.get("f").has_header("Treecast-Stale");
    }));
}

BOOST_AUTO_TEST_SUITE_END()
