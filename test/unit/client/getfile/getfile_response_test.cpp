#include "client/getfile/getfile_response.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace treecast::client;
using Status = GetfileHeader::Status;

BOOST_AUTO_TEST_SUITE(getfile_response)

using State = GetfileHeader::State;

namespace {

constexpr auto crlf = GetfileDialect::crlf;
constexpr auto legacy = GetfileDialect::legacy;

struct Row {
    GetfileDialect dialect;
    std::string header;
    Status status;
    std::uint64_t length;
};

const std::vector<Row> rows{
    {crlf, "GETFILE OK 1234\r\n\r\n", Status::ok, 1234},
    {crlf, "GETFILE OK 0\r\n\r\n", Status::ok, 0},
    {crlf, "GETFILE OK 4294967296\r\n\r\n", Status::ok, std::uint64_t{1} << 32},
    {crlf,
     "GETFILE OK 18446744073709551615\r\n\r\n",
     Status::ok,
     std::numeric_limits<std::uint64_t>::max()},
    {crlf, "GETFILE FILE_NOT_FOUND\r\n\r\n", Status::file_not_found, 0},
    {crlf, "GETFILE ERROR\r\n\r\n", Status::error, 0},
    {crlf, "GETFILE INVALID\r\n\r\n", Status::invalid, 0},
    {legacy, "GETFILE OK 1234 ", Status::ok, 1234},
    {legacy, "GETFILE OK 0 ", Status::ok, 0},
    {legacy,
     "GETFILE OK 18446744073709551615 ",
     Status::ok,
     std::numeric_limits<std::uint64_t>::max()},
    {legacy, "GETFILE FILE_NOT_FOUND 0\n", Status::file_not_found, 0},
    {legacy, "GETFILE ERROR 0\n", Status::error, 0},
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_header_is_complete_with_its_last_byte_and_not_before) {
    for (const Row& row : rows) {
        for (std::size_t length = 0; length < row.header.size(); ++length)
            BOOST_TEST(
                (parse_getfile_header(row.dialect, {row.header.data(), length}).state ==
                 State::incomplete),
                length << " bytes of " << row.header
            );
        const auto header = parse_getfile_header(row.dialect, row.header);
        BOOST_TEST((header.state == State::complete), row.header);
        BOOST_TEST((header.status == row.status), row.header);
        BOOST_TEST(header.length == row.length);
        BOOST_TEST(header.bytes == row.header.size());
    }
}

BOOST_AUTO_TEST_CASE(the_body_may_come_with_its_header_and_look_like_one) {
    for (const Row& row : rows) {
        for (const std::string body : {" ", "\r\n\r\n", "0", "\n", "GETFILE OK 1 "}) {
            const auto header = parse_getfile_header(row.dialect, row.header + body);
            BOOST_TEST((header.state == State::complete), row.header + body);
            BOOST_TEST(header.length == row.length);
            BOOST_TEST(header.bytes == row.header.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_malformed) {
    const struct {
        GetfileDialect dialect;
        std::string bytes;
    } cases[] = {
        {crlf, "HTTP/1.1 200 OK\r\n\r\n"},
        {crlf, "getfile OK 1\r\n\r\n"},
        {crlf, "GETFILE  OK 1\r\n\r\n"},
        {crlf, "GETFILE OK  1\r\n\r\n"},
        {crlf, "GETFILE OK \r\n\r\n"},
        {crlf, "GETFILE OK -1\r\n\r\n"},
        {crlf, "GETFILE OK +1\r\n\r\n"},
        {crlf, "GETFILE OK 1x\r\n\r\n"},
        {crlf, "GETFILE OK 1 \r\n\r\n"},
        {crlf, "GETFILE OK 1\n\n"},
        {crlf, "GETFILE OK 18446744073709551616\r\n\r\n"},
        {crlf, "GETFILE OK 000000000000000000001\r\n\r\n"},
        {crlf, "GETFILE FILE_NOT_FOUND 0\n"},
        {crlf, "GETFILE NONSENSE\r\n\r\n"},
        {legacy, "GETFILE OK 1\r\n\r\n"},
        {legacy, "GETFILE OK 18446744073709551616 "},
        {legacy, "GETFILE FILE_NOT_FOUND\r\n\r\n"},
        {legacy, "GETFILE FILE_NOT_FOUND 1\n"},
        {legacy, "GETFILE INVALID\r\n\r\n"},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            (parse_getfile_header(each.dialect, each.bytes).state == State::malformed),
            each.bytes
        );
}

BOOST_AUTO_TEST_SUITE_END()
