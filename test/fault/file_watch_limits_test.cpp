// Files with a name outside the tree need a watch of their own, and there are more of them than the
// kernel's limit allows: directories come first, and what has to do without is counted and polled.
#include "test/support/child_process.hpp"
#include "test/support/follower.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/needs.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sched.h>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(file_watch_limits)

namespace {

constexpr int limit = 60;
constexpr int directories = 10;
constexpr int files = 200;

std::string name_of(int file) {
    return "link" + std::to_string(file);
}

/// serve on a tree of `directories` and `files`, each with a second name in `store`, in a user
/// namespace with a limit of `limit` watches.
class Served {
public:
    Served() {
        for (int i = 0; i < directories; ++i)
            tree.write("d" + std::to_string(i) + "/f", "one");
        for (int i = 0; i < files; ++i) {
            store.write(name_of(i), "one");
            fs::create_hard_link(store / name_of(i), tree / name_of(i));
        }
        serve_.emplace(
            "/usr/bin/unshare",
            std::vector<std::string>{
                "--user",
                "--map-current-user",
                "--keep-caps",
                "sh",
                "-c",
                "echo " + std::to_string(limit) + " >/proc/sys/user/max_inotify_watches && exec " +
                    treecast_program + " serve '" + tree.path() +
                    "' --listen 127.0.0.1:0 --audit-interval 0 --instance " + instance_.name()}
        );
        BOOST_TEST_REQUIRE(serve_->wait_for_output("serving "), serve_->standard_error());
        server = server_in(serve_->standard_output());
        BOOST_TEST_REQUIRE(poll_until([&] {
            return counter("unwatched_files") != 0;
        }));
    }
    ~Served() { BOOST_TEST((serve_->terminate() == 0), serve_->standard_error()); }

    std::string status() const { return http_get(server, "/v1/status").body; }
    long counter(const std::string& name) const { return number_after("\"" + name + "\":"); }
    long number_after(const std::string& words) const {
        const std::string text = status();
        const auto at = text.find(words);
        return at == text.npos ? -1 : std::atol(text.c_str() + at + words.size());
    }
    HttpResponse get(const std::string& path) const {
        return http_get(server, "/v1/files/" + path);
    }
    void sync() const {
        ChildProcess sync(treecast_program, {"sync", "--instance", instance_.name()});
        (void)sync.wait();
    }
    std::size_t lines_of_log(const std::string& words) {
        const std::string log = serve_->standard_error();
        std::size_t lines = 0;
        for (auto at = log.find(words); at != log.npos; at = log.find(words, at + 1))
            ++lines;
        return lines;
    }
    /// Not by nsenter(1): who is not root loses the capabilities in the namespace by its exec.
    void set_limit(int value) const {
        const std::string space = "/proc/" + std::to_string(serve_->pid()) + "/ns/user";
        const std::string text = std::to_string(value);
        const pid_t child = ::fork();
        if (child == 0) {
            const int user = ::open(space.c_str(), O_RDONLY | O_CLOEXEC);
            bool is_set = user >= 0 && ::setns(user, CLONE_NEWUSER) == 0;
            const int setting = ::open("/proc/sys/user/max_inotify_watches", O_WRONLY | O_CLOEXEC);
            is_set = is_set && ::write(setting, text.data(), text.size()) > 0;
            ::_exit(is_set ? 0 : 1);
        }
        int status = -1;
        BOOST_TEST_REQUIRE(::waitpid(child, &status, 0) == child);
        BOOST_TEST_REQUIRE(status == 0);
    }

    TemporaryDirectory tree;
    TemporaryDirectory store;
    HttpServer server;

private:
    InstanceGuard instance_;
    std::optional<ChildProcess> serve_;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    directories_come_first_and_what_is_left_out_is_told,
    Served,
    *needs(need::user_limits())
) {
    BOOST_TEST(counter("unwatched_directories") == 0);
    BOOST_TEST(counter("watches") + counter("unwatched_files") == 1 + directories + files);
    BOOST_TEST((status().find(" files have no inotify watch and are polled") != std::string::npos));
    // It suffices for everything, beside what is watched above the root.
    BOOST_TEST(number_after("max_user_watches=") > 1 + directories + files + 10);
}

BOOST_FIXTURE_TEST_CASE(
    a_sync_reads_files_without_a_watch_and_without_one_they_are_polled,
    Served,
    *needs(need::user_limits())
) {
    for (int i = 0; i < files; ++i)
        BOOST_TEST_REQUIRE((get(name_of(i)).body == "one"));
    for (int i = 0; i < files; ++i)
        store.write(name_of(i), "two");
    sync();
    for (int i = 0; i < files; ++i)
        BOOST_TEST(get(name_of(i)).body == "two");

    for (int i = 0; i < files; ++i)
        store.write(name_of(i), "three");
    for (int i = 0; i < files; ++i)
        BOOST_TEST(poll_until([&] {
            return get(name_of(i)).body == "three";
        }));
}

BOOST_FIXTURE_TEST_CASE(
    directories_that_come_later_take_the_watches_of_files,
    Served,
    *needs(need::user_limits())
) {
    const long before = counter("unwatched_files");
    for (int i = 0; i < directories; ++i) {
        tree.write("later" + std::to_string(i) + "/f", "one");
        if (i % 4 == 0)
            sync();
    }
    sync();
    BOOST_TEST(lines_of_log("degraded: ") <= 3U);  // not one for each number

    BOOST_TEST(poll_until([&] {
        return counter("unwatched_files") == before + directories;
    }));
    BOOST_TEST(counter("unwatched_directories") == 0);
    for (int i = 0; i < files; ++i)  // also those whose watch was taken away
        store.write(name_of(i), "two");
    sync();
    for (int i = 0; i < files; ++i)
        BOOST_TEST(get(name_of(i)).body == "two");
}

BOOST_FIXTURE_TEST_CASE(
    the_count_falls_when_files_go_and_when_the_limit_grows,
    Served,
    *needs(need::user_limits())
) {
    const long before = counter("unwatched_files");
    for (int i = 0; i < files / 2; ++i)
        fs::remove(tree / name_of(i));
    BOOST_TEST(poll_until([&] {
        return counter("unwatched_files") <= before - files / 2 + limit;
    }));
    for (int i = files / 2; i < files; ++i)
        BOOST_TEST_REQUIRE((get(name_of(i)).body == "one"));

    set_limit(10 * files);

    BOOST_TEST(poll_until([&] {
        return counter("unwatched_files") == 0 &&
               status().find("\"degraded\":null") != std::string::npos;
    }));
    const Follower last(
        server,
        name_of(files - 1),
        get(name_of(files - 1)).header("Treecast-Version")
    );
    store.write(name_of(files - 1), "pushed");
    BOOST_TEST(last.wait_for("pushed"));
    for (int i = files / 2; i < files; ++i)
        fs::remove(tree / name_of(i));
    BOOST_TEST(poll_until([&] {
        return counter("watches") == 1 + directories;
    }));
}

BOOST_FIXTURE_TEST_CASE(
    a_limit_that_shrinks_takes_nothing_away,
    Served,
    *needs(need::user_limits())
) {
    set_limit(5);
    for (int i = 0; i < directories; ++i)
        tree.write("later" + std::to_string(i) + "/f", "one");
    sync();

    for (int i = 0; i < directories; ++i)
        BOOST_TEST(get("later" + std::to_string(i) + "/f").body == "one");
    BOOST_TEST(poll_until([&] {
        return counter("unwatched_directories") == directories;
    }));
    tree.write("d0/f", "pushed");
    BOOST_TEST(poll_until([&] {
        return get("d0/f").body == "pushed";
    }));
}

BOOST_AUTO_TEST_SUITE_END()
