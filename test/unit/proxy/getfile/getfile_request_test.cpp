#include "proxy/getfile/getfile_request.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast::proxy;
using State = GetfileRequest::State;

BOOST_AUTO_TEST_SUITE(getfile_request)

namespace {

std::string request(const std::string& path) {
    return "GETFILE GET " + path + "\r\n\r\n";
}

std::string path_of(std::size_t bytes) {
    return '/' + std::string(bytes - 1, 'p');
}

struct Parsed {
    State state;
    std::string path;
};

/// What is said of all bytes, and the same of every prefix once it is not `incomplete`: the
/// server answers as soon as it can, whatever pieces the bytes come in.
Parsed parse_in_every_piece(const std::string& bytes) {
    const GetfileRequest whole = parse_getfile_request(bytes);
    bool decided = false;
    std::size_t differing = 0;
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        if (length > 100 && length + 100 < bytes.size())
            continue;  // the middle of a long path is like its beginning
        const auto part = parse_getfile_request({bytes.data(), length});
        decided = decided || part.state != State::incomplete;
        if (decided && (part.state != whole.state || part.path != whole.path))
            ++differing;
    }
    BOOST_TEST(differing == 0U, bytes);
    return {whole.state, std::string(whole.path)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_path_is_every_byte_between_the_blank_and_the_end) {
    const std::vector<std::string> paths{
        "/a",
        "/",
        "/a/b/c.txt",
        "/a b",
        "/a  b",
        "/a\tb",
        "/100%25",
        "/\xC3\xA4",
        "/\xFF\x01",
        "//",
        "/../a",
        "/GETFILE GET /b",
        path_of(4095),
        path_of(4096),
    };
    for (const auto& path : paths) {
        const Parsed parsed = parse_in_every_piece(request(path));
        BOOST_TEST((parsed.state == State::complete), path);
        BOOST_TEST(parsed.path == path);
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_end_is_padding) {
    for (const std::string& padding :
         {std::string("\0\0\0", 3),
          std::string("x"),
          std::string("\r\n"),
          std::string(5000, ' '),
          request("/b")}) {
        const Parsed parsed = parse_in_every_piece(request("/a") + padding);
        BOOST_TEST((parsed.state == State::complete));
        BOOST_TEST(parsed.path == "/a");
    }
}

BOOST_AUTO_TEST_CASE(one_blank_before_the_end_is_tolerated_and_a_second_is_not) {
    BOOST_TEST(parse_in_every_piece("GETFILE GET /a \r\n\r\n").path == "/a");
    BOOST_TEST(parse_in_every_piece(request(path_of(4096) + ' ')).path == path_of(4096));
    BOOST_TEST(parse_in_every_piece("GETFILE GET /a  \r\n\r\n").path == "/a ");
    BOOST_TEST(parse_in_every_piece("GETFILE GET /a    \r\n\r\n").path == "/a   ");
    BOOST_TEST((parse_in_every_piece(request(path_of(4096) + "  ")).state == State::malformed));
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_request_is_incomplete) {
    const std::string bytes = request("/a ");
    for (std::size_t length = 0; length < bytes.size(); ++length)
        BOOST_TEST(
            (parse_getfile_request({bytes.data(), length}).state == State::incomplete),
            length << " bytes"
        );
    const std::string longest = "GETFILE GET " + path_of(4096) + " \r\n\r";
    BOOST_TEST((parse_in_every_piece(longest).state == State::incomplete));
}

BOOST_AUTO_TEST_CASE(everything_else_is_malformed_as_soon_as_it_is_seen) {
    const std::vector<std::string> requests{
        "GETFILX",
        "x",
        "getfile GET /a\r\n\r\n",
        "HTTP GET /a\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GETFILE PUT /a\r\n\r\n",
        "GETFILE get /a\r\n\r\n",
        "GETFILE  GET /a\r\n\r\n",
        "GETFILE GET  /a\r\n\r\n",
        " GETFILE GET /a\r\n\r\n",
        "\r\nGETFILE GET /a\r\n\r\n",
        "GETFILE\tGET /a\r\n\r\n",
        "GETFILE GET\t/a\r\n\r\n",
        "GETFILE GET a\r\n\r\n",
        "GETFILE GET \r\n\r\n",
        "GETFILE GET\r\n\r\n",
        "GETFILE /a\r\n\r\n",
        std::string("GETFILE GET /a\0b\r\n\r\n", 20),
        std::string("GETFILE\0GET /a\r\n\r\n", 18),
        std::string("GETFILE GET /a\0\r\n\r\n", 19),
        "GETFILE GET /a\n\n",
        "GETFILE GET /a\r\nHost: b\r\n\r\n",
        "GETFILE GET /a\r\r\n\n",
        "GETFILE GET /a\rb\r\n\r\n",
        "GETFILE GET /a\nb\r\n\r\n",
        "GETFILE GET /a \r\n \r\n",
        request(path_of(4097)),
        request(path_of(5000)),
        "GETFILE GET " + path_of(4097),
        "GETFILE GET " + path_of(4096) + "  ",
    };
    for (const auto& bytes : requests)
        BOOST_TEST((parse_in_every_piece(bytes).state == State::malformed), bytes);
}

BOOST_AUTO_TEST_SUITE_END()
