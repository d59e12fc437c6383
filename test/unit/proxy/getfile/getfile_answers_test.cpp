// The table of docs/getfile.md, row by row.
#include "proxy/getfile/getfile_answers.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using namespace treecast;
using namespace treecast::proxy;
using ipc::UnavailableReason;

BOOST_AUTO_TEST_SUITE(getfile_answers)

BOOST_AUTO_TEST_CASE(every_status_has_its_bytes_in_either_dialect) {
    const struct {
        GetfileStatus status;
        std::uint64_t length;
        std::string crlf;
        std::string legacy;
    } rows[] = {
        {GetfileStatus::ok, 1234, "GETFILE OK 1234\r\n\r\n", "GETFILE OK 1234 "},
        {GetfileStatus::ok, 0, "GETFILE OK 0\r\n\r\n", "GETFILE OK 0 "},
        {GetfileStatus::ok,
         std::numeric_limits<std::uint64_t>::max(),
         "GETFILE OK 18446744073709551615\r\n\r\n",
         "GETFILE OK 18446744073709551615 "},
        {GetfileStatus::file_not_found,
         0,
         "GETFILE FILE_NOT_FOUND\r\n\r\n",
         "GETFILE FILE_NOT_FOUND 0\n"},
        {GetfileStatus::error, 0, "GETFILE ERROR\r\n\r\n", "GETFILE ERROR 0\n"},
        {GetfileStatus::invalid, 0, "GETFILE INVALID\r\n\r\n", ""},
    };
    for (const auto& row : rows) {
        BOOST_TEST(getfile_header(Protocol::getfile, row.status, row.length) == row.crlf);
        BOOST_TEST(getfile_header(Protocol::getfile_legacy, row.status, row.length) == row.legacy);
    }
}

BOOST_AUTO_TEST_CASE(every_decision_has_its_status) {
    const struct {
        PollAction action;
        UnavailableReason reason;
        GetfileStatus status;
    } rows[] = {
        {PollAction::content, UnavailableReason::none, GetfileStatus::ok},
        {PollAction::absent, UnavailableReason::none, GetfileStatus::file_not_found},
        {PollAction::directory, UnavailableReason::none, GetfileStatus::file_not_found},
        {PollAction::not_scanned, UnavailableReason::none, GetfileStatus::error},
        {PollAction::cannot_load, UnavailableReason::unreadable, GetfileStatus::error},
        {PollAction::unavailable, UnavailableReason::private_file, GetfileStatus::file_not_found},
        {PollAction::unavailable, UnavailableReason::unreadable, GetfileStatus::error},
        {PollAction::unavailable, UnavailableReason::too_large, GetfileStatus::error},
        {PollAction::unavailable, UnavailableReason::no_memory, GetfileStatus::error},
        {PollAction::unavailable, UnavailableReason::unstable, GetfileStatus::error},
    };
    for (const auto& row : rows)
        BOOST_TEST((getfile_status(row.action, row.reason) == row.status));
}

BOOST_AUTO_TEST_CASE(every_answer_ends_its_connection) {
    BOOST_TEST(getfile_refusal(Protocol::getfile, GetfileStatus::error).close);
    BOOST_TEST(getfile_refusal(Protocol::getfile, GetfileStatus::error).first.content == nullptr);
    Counters counters;
    const auto response = getfile_content(
        Protocol::getfile,
        std::make_shared<Content>(UniqueFd(), "content", 7, counters)
    );
    BOOST_TEST(response.close);
    BOOST_TEST(*response.first.head == "GETFILE OK 7\r\n\r\n");
    BOOST_TEST(response.first.begin == 0U);
    BOOST_TEST(response.first.end == 7U);
}

BOOST_AUTO_TEST_SUITE_END()
