#include "client/following/poll_fsm.hpp"

#include "base/version.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::client;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(poll_fsm)

namespace {

constexpr milliseconds at_once{3};
constexpr milliseconds held{29'000};
constexpr double random_half = 0.5;  // the first pause is then 750 ms

std::string version(unsigned epoch, unsigned revision) {
    return to_string(Version{epoch, revision});
}

Answer present(const std::string& content, const std::string& version, milliseconds elapsed) {
    Answer answer;
    answer.status = 200;
    answer.version = version;
    answer.etag = '"' + content + '"';
    answer.sha256 = to_hex(sha256_of(content));
    answer.body_sha256 = sha256_of(content);
    answer.body_bytes = content.size();
    answer.mtime = 1000;
    answer.elapsed = elapsed;
    return answer;
}

Answer bodiless(long status, const std::string& version, milliseconds elapsed) {
    Answer answer;
    answer.status = status;
    answer.version = version;
    answer.elapsed = elapsed;
    return answer;
}

PollFsm following(const std::string& content, const std::string& version) {
    PollFsm fsm(seconds(30), FirstState::skip);
    static_cast<void>(fsm.resume(present(content, version, at_once), random_half));
    return fsm;
}

/// No change, no trouble, and the given pause.
void check_quiet(const PollAction& action, int pause_ms) {
    BOOST_TEST(!action.change.has_value());
    BOOST_TEST(action.trouble == "");
    BOOST_TEST(action.pause.count() == pause_ms);
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_request_asks_for_the_present_state) {
    const PollFsm fsm(seconds(30), FirstState::report);

    const auto request = fsm.request();

    BOOST_TEST(request.query == "");
    BOOST_TEST(request.headers.empty());
    BOOST_TEST(request.wait.count() == 0);
}

BOOST_AUTO_TEST_CASE(first_content_is_reported_and_followed_at_once) {
    PollFsm fsm(seconds(30), FirstState::report);

    const auto action = fsm.resume(present("one", version(7, 1), at_once), random_half);

    BOOST_REQUIRE(action.change.has_value());
    BOOST_TEST(to_string(action.change->event) == "change");
    BOOST_TEST(action.change->version == version(7, 1));
    BOOST_TEST(action.change->sha256 == to_hex(sha256_of("one")));
    BOOST_TEST(action.change->size == 3U);
    BOOST_TEST(action.change->mtime.value() == 1000);
    BOOST_TEST(action.pause.count() == 0);
    const auto request = fsm.request();
    BOOST_TEST(request.query == "?after=0000000000000007.1&wait=30");
    BOOST_REQUIRE(request.headers.size() == 1U);
    BOOST_TEST(request.headers[0] == "If-None-Match: \"one\"");
    BOOST_TEST(request.wait.count() == 30);
}

BOOST_AUTO_TEST_CASE(first_state_can_be_skipped) {
    PollFsm of_present(seconds(30), FirstState::skip);
    PollFsm of_absent(seconds(30), FirstState::skip);

    check_quiet(of_present.resume(present("one", version(7, 1), at_once), random_half), 0);
    check_quiet(of_absent.resume(bodiless(404, version(7, 1), at_once), random_half), 0);

    BOOST_TEST(of_absent.request().query == "?after=0000000000000007.1&wait=30");
    BOOST_TEST(of_absent.request().headers.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_absent_once_and_then_awaited) {
    PollFsm fsm(seconds(30), FirstState::report);

    const auto first = fsm.resume(bodiless(404, version(7, 1), at_once), random_half);
    const auto timed_out = fsm.resume(bodiless(404, version(7, 1), held), random_half);
    const auto created = fsm.resume(present("one", version(7, 2), held), random_half);

    BOOST_REQUIRE(first.change.has_value());
    BOOST_TEST(to_string(first.change->event) == "absent");
    check_quiet(timed_out, 0);
    BOOST_REQUIRE(created.change.has_value());
    BOOST_TEST(to_string(created.change->event) == "change");
}

BOOST_AUTO_TEST_CASE(new_content_is_a_change_however_fast_it_comes) {
    auto fsm = following("one", version(7, 1));

    for (unsigned revision = 2; revision < 50; ++revision) {
        const auto content = std::to_string(revision);
        const auto action =
            fsm.resume(present(content, version(7, revision), at_once), random_half);
        BOOST_TEST(action.change.has_value());
        BOOST_TEST(action.pause.count() == 0);
    }
}

BOOST_AUTO_TEST_CASE(deletion_and_creation_are_changes) {
    auto fsm = following("one", version(7, 1));

    const auto deleted = fsm.resume(bodiless(404, version(7, 2), held), random_half);
    const auto created = fsm.resume(present("one", version(7, 3), held), random_half);

    BOOST_REQUIRE(deleted.change.has_value());
    BOOST_TEST(to_string(deleted.change->event) == "delete");
    BOOST_TEST(deleted.change->version == version(7, 2));
    BOOST_REQUIRE(created.change.has_value());
    BOOST_TEST(to_string(created.change->event) == "change");
}

BOOST_AUTO_TEST_CASE(time_out_of_a_held_poll_asks_again_at_once) {
    auto fsm = following("one", version(7, 1));
    const auto before = fsm.request();

    check_quiet(fsm.resume(bodiless(304, version(7, 1), held), random_half), 0);
    check_quiet(fsm.resume(bodiless(304, "", held), random_half), 0);

    BOOST_TEST(fsm.request().query == before.query);
    BOOST_TEST(fsm.request().headers == before.headers);
}

BOOST_AUTO_TEST_CASE(no_content_of_the_known_version_is_the_end_of_a_wait) {
    auto fsm = following("one", version(7, 1));
    const auto before = fsm.request();

    check_quiet(fsm.resume(bodiless(204, version(7, 1), held), random_half), 0);
    check_quiet(fsm.resume(bodiless(204, version(7, 1), at_once), random_half), 750);

    BOOST_TEST(fsm.request().query == before.query);
    BOOST_TEST(fsm.request().headers == before.headers);
}

BOOST_AUTO_TEST_CASE(no_content_of_another_version_is_asked_for) {
    auto known = following("one", version(7, 2));
    auto gone = following("one", version(7, 1));
    static_cast<void>(gone.resume(bodiless(404, version(7, 2), held), random_half));

    for (PollFsm* const fsm : {&known, &gone}) {
        check_quiet(fsm->resume(bodiless(204, version(7, 1), held), random_half), 750);

        BOOST_TEST(fsm->request().query == "");
        const auto action = fsm->resume(present("two", version(7, 1), at_once), random_half);
        BOOST_TEST(action.change.has_value());
    }
}

BOOST_AUTO_TEST_CASE(new_epoch_moves_the_version_without_change_and_without_pause) {
    auto fsm = following("one", version(7, 1));

    check_quiet(fsm.resume(bodiless(304, version(8, 1), at_once), random_half), 0);

    BOOST_TEST(fsm.request().query == "?after=0000000000000008.1&wait=30");
}

BOOST_AUTO_TEST_CASE(same_content_under_another_version_is_no_change) {
    auto fsm = following("one", version(7, 1));

    check_quiet(fsm.resume(present("one", version(8, 1), at_once), random_half), 0);

    BOOST_TEST(fsm.request().query == "?after=0000000000000008.1&wait=30");
}

BOOST_AUTO_TEST_CASE(quick_answers_without_news_pause_and_double) {
    auto fsm = following("one", version(7, 1));
    const auto not_modified = bodiless(304, version(7, 1), at_once);

    check_quiet(fsm.resume(not_modified, random_half), 750);
    check_quiet(fsm.resume(not_modified, random_half), 1500);
    check_quiet(fsm.resume(present("one", version(7, 1), at_once), random_half), 3000);
    check_quiet(fsm.resume(bodiless(304, version(7, 1), held), random_half), 0);
    check_quiet(fsm.resume(not_modified, random_half), 750);
}

BOOST_AUTO_TEST_CASE(two_servers_that_disagree_on_the_epoch_cannot_make_us_spin) {
    auto fsm = following("one", version(7, 1));

    check_quiet(fsm.resume(bodiless(304, version(8, 1), at_once), random_half), 0);
    check_quiet(fsm.resume(bodiless(304, version(7, 1), at_once), random_half), 750);
    check_quiet(fsm.resume(bodiless(304, version(8, 1), at_once), random_half), 1500);
}

BOOST_AUTO_TEST_CASE(quick_absence_without_news_pauses) {
    auto fsm = following("one", version(7, 1));
    static_cast<void>(fsm.resume(bodiless(404, version(7, 2), held), random_half));

    check_quiet(fsm.resume(bodiless(404, version(7, 2), at_once), random_half), 750);
    check_quiet(fsm.resume(bodiless(404, version(7, 2), at_once), random_half), 1500);
}

BOOST_AUTO_TEST_CASE(whatever_fails_is_asked_again_with_the_same_version) {
    Answer refused;
    refused.failure = "Connection refused";
    Answer torn = present("two", version(7, 2), held);
    torn.body_sha256 = sha256_of("tw");
    Answer cut = present("two", version(7, 2), held);
    cut.failure = "end of stream";
    Answer foreign = present("two", "", held);
    Answer unnamed = present("two", version(7, 2), held);
    unnamed.sha256.clear();
    const std::vector<Answer> failures{
        refused,
        torn,
        cut,
        foreign,
        unnamed,
        bodiless(404, "", held),
        bodiless(404, "nonsense", held),
        bodiless(403, version(7, 2), held),
        bodiless(503, "", held),
        bodiless(500, "", held),
        bodiless(204, "", held),
        bodiless(206, version(7, 2), held),
        bodiless(301, "", held),
    };
    for (const auto& failure : failures) {
        auto fsm = following("one", version(7, 1));
        const auto before = fsm.request().query;

        const auto first = fsm.resume(failure, random_half);
        const auto second = fsm.resume(failure, random_half);
        const auto after = fsm.request().query;
        const auto recovered = fsm.resume(present("three", version(7, 3), held), random_half);
        const auto again = fsm.resume(failure, random_half);

        BOOST_TEST(!first.change.has_value());
        BOOST_TEST(first.trouble != "");
        BOOST_TEST(first.pause.count() == 750);
        BOOST_TEST(second.pause.count() == 1500);
        BOOST_TEST(after == before);
        BOOST_TEST(recovered.change.has_value());
        BOOST_TEST(recovered.trouble == "");
        BOOST_TEST(again.pause.count() == 750);
    }
}

BOOST_AUTO_TEST_CASE(not_modified_without_a_condition_is_no_answer) {
    PollFsm fsm(seconds(30), FirstState::report);

    const auto action = fsm.resume(bodiless(304, version(7, 1), at_once), random_half);

    BOOST_TEST(action.trouble != "");
    BOOST_TEST(fsm.request().query == "");
}

BOOST_AUTO_TEST_CASE(retry_after_of_an_unavailable_server_is_honoured) {
    auto fsm = following("one", version(7, 1));
    auto unavailable = bodiless(503, "", at_once);
    unavailable.retry_after = seconds(7);

    BOOST_TEST(fsm.resume(unavailable, random_half).pause.count() == 7500);
}

BOOST_AUTO_TEST_SUITE_END()
