#include "client/http/answer.hpp"

#include "base/version.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(answer)

BOOST_AUTO_TEST_CASE(failures_are_described_in_one_line) {
    struct Row {
        long status;
        const char* failure;
        const char* problem;
        const char* expected;
    };
    const std::array rows{
        Row{0, "Connection refused", "", "Connection refused"},
        Row{502, "", "<html>Bad Gateway</html>", "HTTP 502"},
        Row{503, "", "", "HTTP 503"},
        Row{403, "", R"({"title":"t","detail":"not readable"})", "HTTP 403: not readable"},
        Row{403, "", R"({"title":"Forbidden"})", "HTTP 403: Forbidden"},
        Row{403, "", R"({"detail":7,"title":[]})", "HTTP 403"},
        Row{403, "", R"(["detail"])", "HTTP 403"},
        Row{404, "", R"({"detail":"a\nb\u001b[31m"})", R"(HTTP 404: a\x0ab\x1b[31m)"},
    };
    for (const auto& row : rows) {
        Answer answer;
        answer.status = row.status;
        answer.failure = row.failure;
        answer.problem = row.problem;
        BOOST_TEST(describe_failure(answer) == row.expected);
    }
}

BOOST_AUTO_TEST_CASE(only_a_whole_answer_of_treecast_has_no_flaw) {
    Answer whole;
    whole.status = 200;
    whole.version = to_string(Version{1, 2});
    whole.sha256 = to_hex(sha256_of("x"));
    whole.body_sha256 = sha256_of("x");
    BOOST_TEST(!flaw_of(whole).has_value());

    Answer torn = whole;
    torn.body_sha256 = sha256_of("y");
    BOOST_TEST(flaw_of(torn).has_value());

    Answer cut = whole;
    cut.failure = "closed";
    BOOST_TEST(flaw_of(cut).has_value());

    Answer foreign = whole;
    foreign.sha256.clear();
    BOOST_TEST(flaw_of(foreign).has_value());
}

BOOST_AUTO_TEST_CASE(only_treecast_can_say_that_a_file_is_absent) {
    Answer answer;
    answer.status = 404;
    BOOST_TEST(!says_absent(answer));
    answer.version = to_string(Version{1, 2});
    BOOST_TEST(says_absent(answer));
    answer.status = 410;
    BOOST_TEST(!says_absent(answer));
}

BOOST_AUTO_TEST_SUITE_END()
