// Contents that change while they are copied, that do not fit, and names of every kind.
#include "test/support/follower.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(contents)

namespace {

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// Does something over and over until it goes.
class Busy {
public:
    explicit Busy(std::function<void(int)> act)
        : thread_([this, act = std::move(act)] {
              for (int i = 0; !stop_; ++i)
                  act(i);
          }) {}
    ~Busy() {
        stop_ = true;
        thread_.join();
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

private:
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

std::string percent_encoded(const std::string& path) {
    std::string encoded;
    for (const char c : path) {
        char text[4];
        std::snprintf(text, sizeof text, "%%%02X", static_cast<unsigned char>(c));
        encoded += c == '/' ? std::string("/") : text;
    }
    return encoded;
}

/// Bytes that are all the same.
bool is_whole(const std::string& body, std::size_t size) {
    return body.size() == size && body.find_first_not_of(body.front()) == body.npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_rewritten_in_place_and_never_closed_is_seen_after_the_open_limit) {
    const Serving serving(Files{{"f", "0000"}, {"other", "one"}}, {"--open-limit", "300ms"});
    const Follower follower(serving.server(), "f", version_of(serving.get("f")));
    const UniqueFd file(::open((serving.tree() / "f").c_str(), O_WRONLY | O_CLOEXEC));
    const Busy writer([&](int i) {
        const std::string text(4, static_cast<char>('0' + i % 10));
        (void)!::pwrite(file.get(), text.data(), text.size(), 0);
        std::this_thread::sleep_for(200us);
    });

    // Again and again, and nothing else waits for it meanwhile.
    BOOST_TEST(poll_until([&] {
        return follower.seen().size() >= 2;
    }));
    auto poll = serving.poll("other", "wait=60&after=" + version_of(serving.get("other")));
    serving.tree().write("other", "two");
    BOOST_TEST(poll.receive().body == "two");
    for (const auto& seen : follower.seen())
        BOOST_TEST((seen.status == 200 && seen.body.size() == 4));
    BOOST_TEST((serving.log().find("a writer still has it open") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_log_that_is_always_written_to_is_served_after_it_was_cut_off_too) {
    const Serving serving(Files{{"log", "before\n"}}, {"--open-limit", "100ms"});
    const auto path = serving.tree() / "log";
    const Follower follower(serving.server(), "log", version_of(serving.get("log")));
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const Busy writer([&](int i) {
        const std::string line = std::to_string(i) + '\n';
        (void)!::write(file.get(), line.data(), line.size());
        std::this_thread::sleep_for(200us);
    });
    const auto follows = [&](std::string_view beginning) {
        return poll_until([&] {
            const auto seen = follower.seen();
            return !seen.empty() && seen.back().body.starts_with(beginning);
        });
    };
    BOOST_TEST(follows("before\n"));

    BOOST_TEST((::truncate(path.c_str(), 0) == 0));

    BOOST_TEST(poll_until([&] {
        const auto seen = follower.seen();
        return seen.size() >= 3 && !seen.back().body.starts_with("before\n") &&
               seen.back().body.starts_with(seen[seen.size() - 2].body);
    }));
}

BOOST_AUTO_TEST_CASE(a_file_rewritten_without_a_pause_delays_no_other_and_ends_with_its_last_bytes
) {
    const Serving serving(Files{{"f", "0"}, {"other", "0"}});
    const Follower follower(serving.server(), "f", version_of(serving.get("f")));
    const Follower other(serving.server(), "other", version_of(serving.get("other")));
    {
        const Busy writer([&](int i) {
            serving.tree().write("f", std::string(1000, static_cast<char>('a' + i % 26)));
        });
        for (int i = 1; i <= 10; ++i) {
            serving.tree().write("other", std::to_string(i));
            BOOST_TEST(other.wait_for(std::to_string(i)));
        }
    }
    serving.tree().write("f", "last");

    BOOST_TEST(follower.wait_for("last"));
    for (const auto& seen : follower.seen())
        BOOST_TEST((seen.body == "last" || is_whole(seen.body, 1000)));
}

BOOST_AUTO_TEST_CASE(truncated_deleted_or_made_unreadable_during_the_copy) {
    constexpr std::size_t size = 4 << 20;
    PairOfPrograms programs;
    programs.tree().write("f", std::string(size, '0'));
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto path = programs.tree() / "f";
    const Follower follower(programs.server(), "f", version_of(programs.get("f")));
    const auto is_status = [&](unsigned status) {
        return poll_until([&] {
            return programs.get("f").status == status;
        });
    };

    for (int i = 0; i < 12; ++i) {
        const std::string content(size, static_cast<char>('a' + i));
        programs.tree().replace("f", content);
        std::this_thread::sleep_for(i * 1ms);  // somewhere into the copy
        switch (i % 3) {
            case 0:
                BOOST_TEST((::truncate(path.c_str(), 1000) == 0));
                BOOST_TEST(follower.wait_for(content.substr(0, 1000)));
                break;
            case 1:
                BOOST_TEST((::unlink(path.c_str()) == 0));
                BOOST_TEST(is_status(404));
                break;
            default:
                BOOST_TEST((::chmod(path.c_str(), 0600) == 0));
                BOOST_TEST(is_status(403));
                BOOST_TEST((::chmod(path.c_str(), 0644) == 0));
                // Whether it is news depends on whether it was seen before.
                BOOST_TEST(poll_until([&] {
                    return programs.get("f").body == content;
                }));
        }
    }

    for (const auto& seen : follower.seen()) {
        const bool is_state = seen.status == 404 || seen.status == 403;
        BOOST_TEST((is_state || is_whole(seen.body, size) || is_whole(seen.body, 1000)));
    }
}

BOOST_AUTO_TEST_CASE(larger_than_the_memory_limit_is_507_until_it_fits) {
    const Serving serving(Files{{"f", "fits"}, {"g", "other"}}, {"--memory-limit", "1M"});
    const Follower follower(serving.server(), "f", version_of(serving.get("f")));

    serving.tree().write("f", std::string(2 << 20, 'x'));
    BOOST_TEST(follower.wait_for_status(507));
    BOOST_TEST(serving.get("g").body == "other");
    serving.tree().write("f", "fits again");

    BOOST_TEST(follower.wait_for("fits again"));
}

BOOST_AUTO_TEST_CASE(a_file_of_no_bytes_is_a_content_like_any_other) {
    const Serving serving(Files{{"f", ""}});
    const auto empty = serving.get("f");
    BOOST_TEST(empty.status == 200);
    BOOST_TEST(empty.body.empty());
    const Follower follower(serving.server(), "f", version_of(empty));

    serving.tree().write("f", "some");
    BOOST_TEST(follower.wait_for("some"));
    serving.tree().write("f", "");
    BOOST_TEST(follower.wait_for(""));
    serving.tree().replace("f", "some");
    BOOST_TEST(follower.wait_for("some"));
}

BOOST_AUTO_TEST_CASE(names_of_every_kind_are_watched) {
    const Serving serving;
    std::string longest;
    while (longest.size() + 256 < 4095)
        longest += std::string(255, 'd') + '/';
    longest += std::string(4095 - longest.size(), 'f');
    const std::vector<std::string> paths{
        std::string(255, 'n'),
        " with blanks ",
        "new\nlines\n",
        "100%",
        "100%41",
        "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
        "e\xCC\x81",  // not normalised
        "a\\b\"c'd?e#f&g;h+i*",
        "\x01\x7F",
    };
    for (const auto& path : paths)
        serving.tree().write(path, "one");
    // Longer than any one call takes: made step by step.
    UniqueFd at(::open(serving.tree().path().c_str(), O_PATH | O_CLOEXEC));
    for (std::size_t i = 0; i + 256 < longest.size(); i += 256) {
        const std::string name = longest.substr(i, 255);
        BOOST_TEST_REQUIRE((::mkdirat(at.get(), name.c_str(), 0755) == 0));
        at = UniqueFd(::openat(at.get(), name.c_str(), O_PATH | O_CLOEXEC));
    }
    const std::string last = longest.substr(longest.rfind('/') + 1);
    const auto write_longest = [&](std::string_view content) {
        const UniqueFd file(
            ::openat(at.get(), last.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644)
        );
        BOOST_TEST_REQUIRE((::write(file.get(), content.data(), content.size()) > 0));
    };
    write_longest("one");
    serving.sync();

    for (const auto& path : paths) {
        const auto encoded = percent_encoded(path);
        const auto response = serving.get(encoded);
        BOOST_TEST(response.body == "one", encoded);
        auto poll = serving.poll(encoded, "wait=60&after=" + version_of(response));
        serving.tree().write(path, "two");
        BOOST_TEST(poll.receive().body == "two", encoded);
        BOOST_TEST(listed_files(serving.server()).contains(path), encoded);
    }
    const auto response = serving.get(longest);
    BOOST_TEST(response.body == "one");
    auto poll = serving.poll(longest, "wait=60&after=" + version_of(response));
    write_longest("two");
    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_utf8_is_skipped_and_logged_once) {
    const Serving serving(Files{{"bad\xFF", "x"}, {"f", "one"}});
    for (int i = 0; i < 3; ++i) {
        serving.tree().write("bad\xFF", "again");
        serving.tree().replace("bad\xFF", "and again");
        serving.sync();
    }

    BOOST_TEST(serving.get("bad%FF").status == 400);
    BOOST_TEST(listed_files(serving.server()).size() == 1);
    const std::string log = serving.log();
    const std::string line = "no UTF-8 or too long: bad%FF\n";
    const auto logged = log.find(line);
    BOOST_TEST_REQUIRE((logged != log.npos), log);
    BOOST_TEST((log.find(line, logged + 1) == log.npos));
}

BOOST_AUTO_TEST_CASE(mtimes_of_the_past_and_of_the_future_do_not_turn_revisions_back) {
    const Serving serving(Files{{"f", "one"}});
    const auto path = serving.tree() / "f";
    std::string version = version_of(serving.get("f"));
    for (const std::time_t mtime : {0L, 4'102'444'800L, 1L, 8'000'000'000L, -1000L}) {
        const std::string content = "of " + std::to_string(mtime);
        const auto beside = serving.tree() / ".new";
        serving.tree().write(".new", content);
        const timespec times[2]{{.tv_sec = mtime, .tv_nsec = 0}, {.tv_sec = mtime, .tv_nsec = 0}};
        BOOST_TEST_REQUIRE((::utimensat(AT_FDCWD, beside.c_str(), times, 0) == 0));
        BOOST_TEST_REQUIRE((::rename(beside.c_str(), path.c_str()) == 0));

        const auto response = serving.poll("f", "wait=60&after=" + version).receive();

        BOOST_TEST(response.body == content);
        BOOST_TEST(version_of(response) > version);  // the epoch and as many digits
        version = version_of(response);
    }
}

BOOST_AUTO_TEST_SUITE_END()
