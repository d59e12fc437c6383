// A tree on disk against what a client of the feed puts together from contents, with the built
// programs.
#include "test/support/environment_variable.hpp"
#include "test/support/multipart_follower.hpp"
#include "test/support/random_bytes.hpp"
#include "test/support/self_proving.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include <unistd.h>

using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(feed_multipart)

namespace {

using Clock = std::chrono::steady_clock;
using Contents = std::map<std::string, std::string>;

Contents contents_of(const MultipartFollower& follower) {
    Contents contents;
    for (const auto& [path, file] : follower.files())
        contents[path] =
            file.field("Treecast-Event").empty() ? file.body : file.field("Treecast-Reason");
    return contents;
}

std::string name(int number) {
    return std::to_string(number / 100) + '/' + std::to_string(number);
}

/// Files that nobody has asked for yet.
Files many_files(int count, std::size_t bytes) {
    Files files;
    for (int i = 0; i < count; ++i)
        files.emplace_back(name(i), self_proving(bytes, static_cast<std::uint64_t>(i)));
    return files;
}

HttpConnection begin_snapshot(HttpServer server, int receive_buffer_bytes) {
    server.receive_buffer_bytes = receive_buffer_bytes;
    HttpConnection connection(server);
    connection.send_request("GET", "/v1/changes", {{"Accept", "multipart/mixed"}});
    return connection;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tree_is_put_together_byte_for_byte) {
    Files files{{"empty", ""}, {"a b/\xC3\xA4 +%", "name"}, {"lines", "\r\n--\r\n\r\n"}};
    for (const unsigned size : {1U, 4095U, 4096U, 4097U, 32'768U, 32'769U, 65'536U})
        files.emplace_back("d/" + std::to_string(size), random_bytes(size));
    Contents expected(files.begin(), files.end());
    files.emplace_back("large", random_bytes(65'537));
    expected["large"] = "large";
    const Serving serving(files);
    MultipartFollower follower(serving.server(), "");
    follower.catch_up();
    BOOST_TEST((contents_of(follower) == expected));

    serving.tree().replace("d/1", "other");
    serving.tree().write("large", "small");
    ::unlink((serving.tree() / "lines").c_str());
    expected["d/1"] = "other";
    expected["large"] = "small";
    expected.erase("lines");
    BOOST_TEST(poll_until([&] {
        follower.ask("wait=1");
        return contents_of(follower) == expected;
    }));
}

BOOST_AUTO_TEST_CASE(files_that_change_under_way_are_newer_and_never_torn) {
    constexpr int count = 300;
    constexpr std::size_t bytes = 40'000;  // sent from the segment
    const Serving serving(many_files(count, bytes));
    std::jthread writer([&](const std::stop_token& stop) {
        for (std::uint64_t i = 1; !stop.stop_requested(); ++i) {
            const std::string path = name(static_cast<int>(i * 7 % count));
            if (i % 10 == 0)
                ::unlink((serving.tree() / path).c_str());
            else
                serving.tree().replace(path, self_proving(bytes + i % 1000, i));
        }
    });
    MultipartFollower follower(serving.server(), "");
    for (const auto end = Clock::now() + 3s; Clock::now() < end;) {
        follower.ask("wait=1&limit=100");
        for (const auto& [path, content] : contents_of(follower))
            BOOST_TEST_REQUIRE(proves_itself(content), path);
    }
    writer.request_stop();
    writer.join();
    serving.sync();
    follower.catch_up();
    Contents expected;
    for (int i = 0; i < count; ++i)
        if (::access((serving.tree() / name(i)).c_str(), F_OK) == 0)
            expected[name(i)] = read_file(serving.tree() / name(i));
    BOOST_TEST((contents_of(follower) == expected));
}

BOOST_AUTO_TEST_CASE(slow_readers_and_those_who_leave_cost_little_and_hold_up_nobody) {
    constexpr int count = 4000;
    // AddressSanitizer would keep what is freed, which is measured here.
    const EnvironmentVariable no_quarantine(
        "ASAN_OPTIONS",
        "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    );
    Serving serving(many_files(count, 4000), {"--send-timeout", "3s"});
    serving.tree().write("watched", "0");
    const pid_t proxy = serving.child("treecast-proxy");
    BOOST_TEST_REQUIRE(poll_until([&] {
        return serving.get("watched").body == "0";
    }));
    const std::size_t before = anonymous_bytes_of(proxy);
    std::vector<HttpConnection> slow;
    for (int i = 0; i < 20; ++i)
        slow.push_back(begin_snapshot(serving.server(), 4096));
    for (HttpConnection& client : slow)
        BOOST_TEST_REQUIRE(client.has_answer(patience));
    // Half of them leave in the middle, one goes on reading slowly, the rest read nothing.
    for (std::size_t i = 10; i < slow.size(); ++i)
        slow[i].reset();
    slow.erase(slow.begin() + 10, slow.end());
    for (int i = 1; i <= 20; ++i) {
        const std::string version = serving.get("watched").header("Treecast-Version");
        auto poll = serving.poll("watched", "wait=30&after=" + version);
        BOOST_TEST_REQUIRE(!poll.has_answer(50ms));
        const auto begin = Clock::now();
        serving.tree().replace("watched", std::to_string(i));
        BOOST_TEST_REQUIRE(poll.receive().body == std::to_string(i));
        BOOST_TEST((Clock::now() - begin < 1s));
        char byte = 0;
        (void)::read(slow.front().descriptor(), &byte, 1);
    }
    // The list of files is shared, and each holds one part.
    BOOST_TEST(anonymous_bytes_of(proxy) < before + (20U << 20U));
    BOOST_TEST(serving.wait_for_subscribers(0));  // --send-timeout
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_files_that_were_never_loaded_disturbs_nobody) {
    constexpr int count = 10'000;
    Serving serving(many_files(count, 1000));
    serving.tree().write("watched", "0");
    const pid_t proxy = serving.child("treecast-proxy");
    BOOST_TEST_REQUIRE(poll_until([&] {
        return serving.get("watched").body == "0";
    }));
    const std::size_t before = anonymous_bytes_of(proxy);
    std::atomic<std::size_t> files = 0;
    std::string wrong;
    std::jthread reader([&] {
        try {
            MultipartFollower follower(serving.server(), "glob=*/*");
            do {
                follower.ask();
                files = follower.files().size();
            } while (follower.has_more());
            for (const auto& [path, content] : contents_of(follower))
                if (!proves_itself(content))
                    wrong += path + ' ';
        } catch (const std::exception& error) {
            wrong = error.what();
        }
    });
    std::size_t pushes = 0;
    for (int i = 1; i <= 40 && files < count; ++i) {
        const std::string version = serving.get("watched").header("Treecast-Version");
        auto poll = serving.poll("watched", "wait=30&after=" + version);
        const std::string content = std::to_string(i);
        BOOST_TEST_REQUIRE(!poll.has_answer(10ms));
        const auto begin = Clock::now();
        serving.tree().replace("watched", content);
        BOOST_TEST_REQUIRE(poll.receive().body == content);
        BOOST_TEST((Clock::now() - begin < 1s));
        ++pushes;
        BOOST_TEST(anonymous_bytes_of(proxy) < before + (32U << 20U));
    }
    reader.join();
    BOOST_TEST(wrong == "");
    BOOST_TEST(files == std::size_t{count});
    BOOST_TEST(pushes > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
