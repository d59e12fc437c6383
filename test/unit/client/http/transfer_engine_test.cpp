#include "client/http/transfer_engine.hpp"

#include "client/http/content_sink.hpp"
#include "client/http/file_url.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::client;
using treecast::test::FakeTree;
using treecast::test::file_answer;

BOOST_AUTO_TEST_SUITE(transfer_engine)

namespace {

std::string request_url(const FakeTree& tree, const std::string& path) {
    return FileUrl::parse_file(tree.url(path)).request_url();
}

Answer fetch(TransferEngine& http, const std::string& url, int body = -1) {
    ContentSink sink(body);
    http.start(5, {url, {}, std::chrono::seconds(0), &sink});
    auto completed = http.wait(test::patience);
    BOOST_REQUIRE(completed.size() == 1U);
    BOOST_TEST(completed.front().key == 5U);
    return std::move(completed.front().answer);
}

}  // namespace

BOOST_AUTO_TEST_CASE(content_arrives_whole_with_all_that_is_said_of_it) {
    FakeTree tree;
    std::string content(300'000, 'x');
    content[1000] = '\0';
    tree.put("a%20b", content);
    const UniqueFd body(::memfd_create("body", MFD_CLOEXEC));
    TransferEngine http;

    const auto answer = fetch(http, request_url(tree, "a%20b"), body.get());

    BOOST_TEST(answer.status == 200);
    BOOST_TEST(!flaw_of(answer).has_value());
    BOOST_TEST(answer.version == to_string(Version{1, 2}));
    BOOST_TEST(answer.etag == '"' + to_hex(sha256_of(content)) + '"');
    BOOST_TEST(answer.mtime.value() == 1'769'860'800);
    BOOST_TEST(answer.body_bytes == content.size());
    std::string stored(content.size() + 1, '\0');
    const auto bytes = ::pread(body.get(), stored.data(), stored.size(), 0);
    stored.resize(static_cast<std::size_t>(bytes));
    BOOST_TEST((stored == content));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_or_altered_has_a_flaw) {
    FakeTree tree;
    TransferEngine http;
    auto altered = file_answer("abc", {1, 2}, 3);
    altered.back() = 'x';
    for (const auto& bytes : {file_answer("abc", {1, 2}, 4), altered}) {
        tree.misbehave_once(bytes);
        const auto answer = fetch(http, request_url(tree, "a"));
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(flaw_of(answer).has_value());
    }
}

BOOST_AUTO_TEST_CASE(no_answer_has_status_zero_and_a_reason) {
    FakeTree tree;
    tree.misbehave_once("");
    TransferEngine http;

    const auto cut_off = fetch(http, request_url(tree, "a"));
    const auto refused = fetch(http, "http://127.0.0.1:1/v1/files/a");

    BOOST_TEST(cut_off.status == 0);
    BOOST_TEST(cut_off.failure != "");
    BOOST_TEST(refused.status == 0);
    BOOST_TEST(refused.failure != "");
}

BOOST_AUTO_TEST_CASE(interim_answers_do_not_count) {
    FakeTree tree;
    tree.misbehave_once(
        "HTTP/1.1 103 Early Hints\r\nTreecast-Version: nonsense\r\nRetry-After: 9\r\n\r\n" +
        file_answer("abc", {1, 2}, 3)
    );
    TransferEngine http;

    const auto answer = fetch(http, request_url(tree, "a"));

    BOOST_TEST(!flaw_of(answer).has_value());
    BOOST_TEST(!answer.retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(a_problem_is_kept_up_to_its_limit) {
    FakeTree tree;
    tree.misbehave_once(
        "HTTP/1.1 503 x\r\nRetry-After: 3\r\nContent-Length: 100000\r\n\r\n" +
        std::string(100'000, '[')
    );
    TransferEngine http;

    const auto answer = fetch(http, request_url(tree, "a"));

    BOOST_TEST(answer.status == 503);
    BOOST_TEST(answer.problem.size() == 16'384U);
    BOOST_TEST(answer.retry_after.value().count() == 3);
    BOOST_TEST(answer.body_bytes == 0U);
    BOOST_TEST(describe_failure(answer) == "HTTP 503");
}

BOOST_AUTO_TEST_CASE(an_odd_retry_after_is_ignored) {
    FakeTree tree;
    TransferEngine http;
    for (const auto* const value :
         {"Wed, 21 Oct 2026 07:28:00 GMT", "-1", "99999999999999", "", "3 s"}) {
        tree.misbehave_once(
            std::string("HTTP/1.1 503 x\r\nRetry-After: ") + value + "\r\nContent-Length: 0\r\n\r\n"
        );
        BOOST_TEST(!fetch(http, request_url(tree, "a")).retry_after.has_value());
    }
}

BOOST_AUTO_TEST_CASE(content_that_cannot_be_stored_is_a_failure) {
    FakeTree tree;
    tree.put("a", "abc");
    TransferEngine http;
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));

    const auto answer = fetch(http, request_url(tree, "a"), full.get());

    BOOST_TEST(answer.failure.find("No space left") != std::string::npos);
    BOOST_TEST(flaw_of(answer).has_value());
}

/// As a mirror that goes on with a file after a break: it takes parts, and nothing else.
class PartSink final : public BodySink {
public:
    bool begin(const Answer& head) override { return head.status == 206; }
    std::string write(std::string_view bytes) override {
        part += bytes;
        return part.size() > 3 ? "too long" : "";
    }
    void end(Answer& answer) override { answer.body_bytes = part.size(); }

    std::string part;
};

BOOST_AUTO_TEST_CASE(a_sink_says_which_answers_it_takes) {
    struct Row {
        const char* answer;
        const char* part;
        const char* problem;
        const char* failure;
    };
    const Row rows[] = {
        {"HTTP/1.1 206 x\r\nContent-Range: bytes 3-5/6\r\nContent-Length: 3\r\n\r\ndef",
         "def",
         "",
         ""},
        {"HTTP/1.1 416 x\r\nContent-Length: 3\r\n\r\nwhy", "", "why", ""},
        {"HTTP/1.1 200 x\r\nContent-Length: 3\r\n\r\nall", "", "", ""},
        {"HTTP/1.1 206 x\r\nContent-Length: 4\r\n\r\ndefg", "defg", "", "too long"},
    };
    FakeTree tree;
    for (const Row& row : rows) {
        tree.misbehave_once(row.answer);
        PartSink sink;
        TransferEngine http;
        http.start(
            1,
            {request_url(tree, "a"), {"Range: bytes=3-"}, std::chrono::seconds(0), &sink}
        );

        const auto completed = http.wait(test::patience);

        BOOST_TEST_REQUIRE(completed.size() == 1U);
        const Answer& answer = completed.front().answer;
        BOOST_TEST(sink.part == row.part);
        BOOST_TEST(answer.body_bytes == sink.part.size());
        BOOST_TEST(answer.problem == row.problem);
        BOOST_TEST(answer.failure == row.failure);
    }
}

BOOST_AUTO_TEST_CASE(many_polls_are_held_at_once_and_answered_on_their_own) {
    FakeTree tree;
    std::vector<ContentSink> sinks(20);
    TransferEngine http;
    for (std::size_t i = 0; i < 20; ++i) {
        const auto path = "f" + std::to_string(i);
        tree.put(path, "old");
        http.start(
            i,
            {request_url(tree, path) + "?after=" + to_string(Version{1, 100}) + "&wait=30",
             {},
             std::chrono::seconds(30),
             &sinks[i]}
        );
    }
    while (tree.held_polls() < 20)
        BOOST_REQUIRE(http.wait(std::chrono::milliseconds(1)).empty());
    for (int revision = 0; revision < 100; ++revision)
        tree.put("other", "x");

    tree.put("f7", "new");

    const auto completed = http.wait(test::patience);
    BOOST_REQUIRE(completed.size() == 1U);
    BOOST_TEST(completed[0].key == 7U);
    BOOST_TEST((completed[0].answer.body_sha256 == sha256_of("new")));
    BOOST_TEST(http.wait(std::chrono::milliseconds(0)).empty());
}

BOOST_AUTO_TEST_CASE(a_readable_descriptor_ends_the_wait) {
    TransferEngine http;
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    const UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    BOOST_REQUIRE(::write(write_end.get(), "x", 1) == 1);

    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(http.wait(std::chrono::hours(1), {&ends[0], 1}).empty());

    BOOST_TEST((std::chrono::steady_clock::now() - before < test::patience));
}

BOOST_AUTO_TEST_SUITE_END()
