// Who is woken by what, with the built programs.
#include "base/version.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(wake)

namespace {

constexpr auto a_while = 300ms;

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// Polls until the content is `expected`; every step is news. False at the deadline.
bool follow_until(
    const Serving& serving,
    std::string_view path,
    std::string version,
    std::string_view expected
) {
    HttpConnection connection(serving.server());
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        const auto response = connection.get(Serving::target(path) + "?wait=20&after=" + version);
        if (response.status == 200 && response.body == expected)
            return true;
        version = version_of(response);
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_edit_wakes_exactly_the_subscribers_of_that_file) {
    const Serving serving(Files{{"f", "one"}, {"g", "other"}}, {"--workers", "2"});
    const auto version_f = version_of(serving.get("f"));
    const auto version_g = version_of(serving.get("g"));
    std::vector<HttpConnection> on_f;
    std::vector<HttpConnection> on_g;
    for (int i = 0; i < 50; ++i) {
        on_f.push_back(serving.poll("f", "wait=60&after=" + version_f));
        on_g.push_back(serving.poll("g", "wait=60&after=" + version_g));
    }
    BOOST_TEST(serving.wait_for_subscribers(100));

    serving.tree().replace("f", "two");

    for (auto& poll : on_f)
        BOOST_TEST(poll.receive().body == "two");
    BOOST_TEST(serving.subscribers() == 50);
    for (auto& poll : on_g)
        BOOST_TEST(!poll.has_answer());
}

BOOST_AUTO_TEST_CASE(every_way_to_edit_is_delivered) {
    const Serving serving(Files{{"f", "one"}});
    const auto path = serving.tree() / "f";
    std::string version = version_of(serving.get("f"));
    const auto expect = [&](std::string_view what, unsigned status, std::string_view body) {
        HttpConnection connection(serving.server());
        const auto response = connection.get("/v1/files/f?wait=20&after=" + version);
        BOOST_TEST(response.status == status, what);
        if (status == 200)
            BOOST_TEST(response.body == body, what);
        version = version_of(response);
    };

    serving.tree().write("f", "in place");
    expect("in place", 200, "in place");
    serving.tree().replace("f", "renamed over");
    expect("renamed over", 200, "renamed over");
    BOOST_TEST(std::system(("echo more >> '" + path + "'").c_str()) == 0);
    expect("appended", 200, "renamed overmore\n");
    BOOST_TEST(std::system(("sed -i s/more/less/ '" + path + "'").c_str()) == 0);
    expect("sed -i", 200, "renamed overless\n");
    BOOST_TEST(::truncate(path.c_str(), 3) == 0);
    expect("truncated", 200, "ren");
    BOOST_TEST(::unlink(path.c_str()) == 0);
    expect("deleted", 404, "");
    serving.tree().write("f", "created again");
    expect("created again", 200, "created again");
    BOOST_TEST(std::system(("cp /etc/hostname '" + path + "'").c_str()) == 0);
    expect("cp over", 200, read_file("/etc/hostname"));
    BOOST_TEST(
        std::system(
            ("mv '" + path + "' '" + path + "~' && sleep 0.02 && echo new > '" + path + "'").c_str()
        ) == 0
    );
    expect("renamed away and written anew", 200, "new\n");
}

BOOST_AUTO_TEST_CASE(the_same_bytes_again_wake_nobody) {
    const Serving serving(Files{{"f", "one"}});
    const auto path = serving.tree() / "f";
    auto poll = serving.poll("f", "wait=60&after=" + version_of(serving.get("f")));
    BOOST_TEST(serving.wait_for_subscribers(1));

    BOOST_TEST(std::system(("touch '" + path + "'").c_str()) == 0);
    serving.sync();
    serving.tree().write("f", "one");
    serving.sync();
    serving.tree().replace("f", "one");
    serving.sync();
    BOOST_TEST(::chmod(path.c_str(), 0755) == 0);
    serving.sync();

    BOOST_TEST(!poll.has_answer(a_while));
    serving.tree().write("f", "two");
    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(directories_come_and_go_with_their_files) {
    const Serving serving(Files{{"dir/a", "a"}, {"dir/sub/b", "b"}});
    const auto version = version_of(serving.get("dir/sub/b"));
    auto gone = serving.poll("dir/sub/b", "wait=30&after=" + version);
    auto moved = serving.poll("moved/sub/b", "wait=30");
    BOOST_TEST(serving.wait_for_subscribers(2));

    std::filesystem::rename(serving.tree() / "dir", serving.tree() / "moved");

    BOOST_TEST(moved.receive().body == "b");
    BOOST_TEST(gone.receive().status == 404);
    auto deep = serving.poll("x/y/z/file", "wait=30");
    BOOST_TEST(serving.wait_for_subscribers(1));
    BOOST_TEST(
        std::system(("mkdir -p '" + (serving.tree() / "x/y/z") + "' && echo deep > '" +
                     (serving.tree() / "x/y/z/file") + "'")
                        .c_str()) == 0
    );
    BOOST_TEST(deep.receive().body == "deep\n");
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_directory_and_a_directory_a_file) {
    const Serving serving(Files{{"f", "file"}, {"d/inner", "inner"}});
    auto file = serving.poll("f", "wait=30&after=" + version_of(serving.get("f")));
    auto inner = serving.poll("d/inner", "wait=30&after=" + version_of(serving.get("d/inner")));
    auto new_inner = serving.poll("f/inner", "wait=30");
    auto new_file = serving.poll("d", "wait=30");
    BOOST_TEST(serving.wait_for_subscribers(4));

    std::filesystem::remove(serving.tree() / "f");
    serving.tree().write("f/inner", "in f");
    std::filesystem::remove_all(serving.tree() / "d");
    serving.tree().write("d", "now a file");

    BOOST_TEST(file.receive().status == 404);
    BOOST_TEST(inner.receive().status == 404);
    BOOST_TEST(new_inner.receive().body == "in f");
    BOOST_TEST(new_file.receive().body == "now a file");
}

BOOST_AUTO_TEST_CASE(rewrites_in_a_tight_loop_end_with_the_last_content_everywhere) {
    const Serving serving(Files{{"f", "first"}}, {"--workers", "2"});
    const auto version = version_of(serving.get("f"));
    std::vector<std::thread> followers;
    std::atomic<int> arrived{0};
    for (int i = 0; i < 8; ++i)
        followers.emplace_back([&] {
            arrived += follow_until(serving, "f", version, "rewrite 199");
        });

    for (int i = 0; i < 200; ++i) {
        const std::string content = "rewrite " + std::to_string(i);
        if (i % 2 == 0)
            serving.tree().write("f", content);
        else
            serving.tree().replace("f", content);
    }

    for (auto& follower : followers)
        follower.join();
    BOOST_TEST(arrived == 8);
}

BOOST_AUTO_TEST_CASE(a_version_from_one_worker_is_never_of_the_future_for_another) {
    const Serving serving(Files{{"f", "0"}}, {"--workers", "4"});
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (int i = 0; !stop; ++i)
            serving.tree().replace("f", std::to_string(i));
    });
    std::vector<HttpConnection> connections;  // spread over the workers by the kernel
    for (int i = 0; i < 16; ++i)
        connections.emplace_back(serving.server());

    // A reset would be the answer 200 with a version that is not newer than the one handed in.
    std::string version = version_of(serving.get("f"));
    std::size_t resets = 0;
    for (std::size_t i = 0; i < 100'000; ++i) {
        const auto response =
            connections[i % connections.size()].get("/v1/files/f?after=" + version);
        const auto next = version_of(response);
        if (response.status == 200 &&
            parse_version(next)->revision <= parse_version(version)->revision)
            ++resets;
        version = next;
    }

    stop = true;
    writer.join();
    BOOST_TEST(resets == 0);
}

BOOST_AUTO_TEST_SUITE_END()
