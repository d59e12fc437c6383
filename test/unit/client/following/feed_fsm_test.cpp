#include "client/following/feed_fsm.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::client;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(feed_fsm)

namespace {

constexpr milliseconds at_once{3};
constexpr milliseconds held{29'000};
constexpr double random_half = 0.5;  // the first pause is then 750 ms
constexpr const char* change = R"({"path":"a","version":"0000000000000007.1","deleted":true})";

struct Body {
    std::string cursor = "0000000000000007.1";
    bool reset = false;
    bool more = false;
    std::string changes{};
    bool same = false;

    std::string text() const {
        const auto word = [](bool value) {
            return value ? "true" : "false";
        };
        return R"({"instance":"demo","cursor":")" + cursor + R"(","reset":)" + word(reset) +
               R"(,"same":)" + word(same) + R"(,"more":)" + word(more) + R"(,"changes":[)" +
               changes + "]}";
    }
};

const Body first_state{.reset = true, .changes = change};

Answer answer(long status, milliseconds elapsed) {
    Answer answer;
    answer.status = status;
    answer.elapsed = elapsed;
    return answer;
}

FeedAction give(FeedFsm& fsm, const Body& body, milliseconds elapsed) {
    return fsm.resume(answer(200, elapsed), body.text(), random_half);
}

FeedFsm following() {
    FeedFsm fsm(seconds(30));
    BOOST_TEST(give(fsm, first_state, at_once).answer.has_value());
    return fsm;
}

void check_accepted(const FeedAction& action, int pause_ms) {
    BOOST_TEST(action.answer.has_value());
    BOOST_TEST(action.trouble == "");
    BOOST_TEST(action.pause.count() == pause_ms);
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_request_is_for_the_present_state_and_the_next_is_held) {
    FeedFsm fsm(seconds(30));
    BOOST_TEST(fsm.request().parameters == "");
    BOOST_TEST(fsm.request().wait.count() == 0);

    check_accepted(give(fsm, first_state, at_once), 0);

    BOOST_TEST(fsm.request().parameters == "after=0000000000000007.1&wait=30");
    BOOST_TEST(fsm.request().wait.count() == 30);
}

BOOST_AUTO_TEST_CASE(pages_are_asked_for_at_once_and_not_held) {
    FeedFsm fsm(seconds(30));

    check_accepted(give(fsm, {"0000000000000007.1.2-0", true, true, change}, at_once), 0);
    BOOST_TEST(fsm.request().parameters == "after=0000000000000007.1.2-0");
    BOOST_TEST(fsm.request().wait.count() == 0);
    for (int place = 3; place < 20; ++place) {
        const auto cursor = "0000000000000007.1." + std::to_string(place) + "-0";
        check_accepted(give(fsm, {cursor, false, true, ""}, at_once), 0);
    }
    check_accepted(give(fsm, {"0000000000000007.5", false, false, change}, at_once), 0);

    BOOST_TEST(fsm.request().parameters == "after=0000000000000007.5&wait=30");
}

BOOST_AUTO_TEST_CASE(pages_without_progress_pause) {
    FeedFsm fsm(seconds(30));
    const Body page{"0000000000000007.1.2-0", false, true, ""};
    check_accepted(give(fsm, {page.cursor, true, true, change}, at_once), 0);

    check_accepted(give(fsm, page, at_once), 750);
    check_accepted(give(fsm, page, held), 1500);
}

BOOST_AUTO_TEST_CASE(changes_need_no_pause_however_fast_they_come) {
    auto fsm = following();

    for (int revision = 2; revision < 50; ++revision)
        check_accepted(
            give(
                fsm,
                {"0000000000000007." + std::to_string(revision), false, false, change},
                at_once
            ),
            0
        );
}

BOOST_AUTO_TEST_CASE(the_end_of_a_wait_asks_again_at_once) {
    auto fsm = following();

    check_accepted(give(fsm, {}, held), 0);
    check_accepted(give(fsm, {"0000000000000007.9"}, held), 0);

    BOOST_TEST(fsm.request().parameters == "after=0000000000000007.9&wait=30");
}

BOOST_AUTO_TEST_CASE(quick_answers_without_changes_pause_and_double) {
    auto fsm = following();

    check_accepted(give(fsm, {}, at_once), 750);
    check_accepted(give(fsm, {}, at_once), 1500);
    check_accepted(give(fsm, {}, held), 0);
    check_accepted(give(fsm, {}, at_once), 750);
    check_accepted(give(fsm, {.changes = change}, at_once), 0);
    check_accepted(give(fsm, {}, at_once), 750);
}

BOOST_AUTO_TEST_CASE(two_servers_that_disagree_on_the_epoch_cannot_make_us_spin) {
    auto fsm = following();
    const Body one{"0000000000000008.1", true, false, change};
    const Body other{"0000000000000007.1", true, false, change};

    check_accepted(give(fsm, one, at_once), 0);
    check_accepted(give(fsm, other, at_once), 750);
    check_accepted(give(fsm, one, at_once), 1500);
}

BOOST_AUTO_TEST_CASE(pages_of_servers_that_disagree_cannot_make_us_spin) {
    auto fsm = following();
    const auto page = [](int epoch, bool reset, const char* place) {
        return Body{
            "000000000000000" + std::to_string(epoch) + ".1" + place,
            reset,
            *place != 0,
            change};
    };

    check_accepted(give(fsm, page(8, true, ".1-0"), at_once), 0);
    check_accepted(give(fsm, page(8, false, ".2-0"), at_once), 0);
    check_accepted(give(fsm, page(7, true, ".1-0"), at_once), 750);
    check_accepted(give(fsm, page(7, false, ".2-0"), at_once), 0);
    check_accepted(give(fsm, page(8, true, ".1-0"), at_once), 1500);
    check_accepted(give(fsm, page(8, false, ""), at_once), 0);
    check_accepted(give(fsm, page(7, true, ".1-0"), at_once), 3000);
}

BOOST_AUTO_TEST_CASE(whatever_fails_is_asked_again_with_the_same_cursor) {
    struct Row {
        Answer answer;
        std::string body;
    };
    Answer refused;
    refused.failure = "Connection refused";
    Answer cut = answer(200, held);
    cut.failure = "end of stream";
    const std::vector<Row> rows{
        {refused, ""},
        {cut, Body{}.text()},
        {answer(200, held), "<html>"},
        {answer(200, held), Body{.reset = true, .same = true}.text()},
        {answer(304, held), ""},
        {answer(404, held), ""},
        {answer(500, held), ""},
        {answer(503, held), ""},
    };
    for (const auto& row : rows) {
        auto fsm = following();
        const auto before = fsm.request().parameters;

        const auto first = fsm.resume(row.answer, row.body, random_half);
        const auto second = fsm.resume(row.answer, row.body, random_half);

        BOOST_TEST(!first.answer.has_value());
        BOOST_TEST(first.trouble != "");
        BOOST_TEST(first.pause.count() == 750);
        BOOST_TEST(second.pause.count() == 1500);
        BOOST_TEST(fsm.request().parameters == before);
        check_accepted(give(fsm, {}, held), 0);
        BOOST_TEST(fsm.resume(row.answer, row.body, random_half).pause.count() == 750);
    }
}

BOOST_AUTO_TEST_CASE(retry_after_is_honoured) {
    auto fsm = following();
    Answer unavailable = answer(503, at_once);
    unavailable.retry_after = seconds(7);

    BOOST_TEST(fsm.resume(unavailable, "", random_half).pause.count() == 7500);
}

BOOST_AUTO_TEST_CASE(a_cursor_that_is_refused_is_dropped) {
    auto fsm = following();

    const auto action = fsm.resume(answer(400, at_once), "", random_half);

    BOOST_TEST(action.trouble != "");
    BOOST_TEST(action.pause.count() == 750);
    BOOST_TEST(fsm.request().parameters == "");
}

BOOST_AUTO_TEST_CASE(the_present_state_that_was_asked_for_is_a_reset) {
    FeedFsm fsm(seconds(30));

    const auto action = give(fsm, {.changes = change}, at_once);

    BOOST_TEST(!action.answer.has_value());
    BOOST_TEST(action.trouble != "");
}

BOOST_AUTO_TEST_SUITE_END()
