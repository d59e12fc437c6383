#include "proxy/http/request_target.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(file_path)

namespace {

struct Case {
    std::string encoded;
    std::string path;  // empty: refused
};

}  // namespace

BOOST_AUTO_TEST_CASE(paths_are_percent_decoded_and_nothing_else) {
    const Case cases[] = {
        {"a", "a"},
        {"a/b/c.txt", "a/b/c.txt"},
        {"a%20b", "a b"},
        {"a+b", "a+b"},
        {"100%25", "100%"},
        {"%41%6a%6A", "Ajj"},
        {"line%0Abreak", "line\nbreak"},
        {"%C3%A4", "\xC3\xA4"},
        {"\xC3\xA4", "\xC3\xA4"},
        {"...", "..."},
        {"a..b/.c", "a..b/.c"},
        {std::string(255, 'n'), std::string(255, 'n')},
    };
    for (const Case& each : cases) {
        const DecodedPath decoded = decode_file_path(each.encoded);
        BOOST_TEST((decoded.refusal == nullptr), each.encoded);
        BOOST_TEST(decoded.path == each.path);
    }
}

BOOST_AUTO_TEST_CASE(what_can_name_no_file_is_refused) {
    std::string long_path;
    while (long_path.size() < 4096)
        long_path += std::string(200, 'd') + '/';
    long_path += 'f';
    const std::string cases[] = {
        "",        "/",     "/etc/passwd", "a//b",      "a/",    ".",
        "..",      "../a",  "a/../b",      "a/./b",     "a/..",  "%2e%2e/a",
        "%2E./a",  "a%2Fb", "a%2fb",       "%00",       "a%00b", std::string("a\0b", 3),
        "%",       "%4",    "a%4",         "%zz",       "%4g",   "%-1",
        "%FF",     "%C3",   "%C0%AF",      "%ED%A0%80", "a#b",   std::string(256, 'n'),
        long_path,
    };
    for (const std::string& each : cases)
        BOOST_TEST((decode_file_path(each).refusal != nullptr), each);
}

BOOST_AUTO_TEST_CASE(a_target_is_cut_at_its_first_question_mark) {
    struct {
        std::string target, path, query;
    } const cases[] = {
        {"/v1/files/a", "/v1/files/a", ""},
        {"/a?b=c?d", "/a", "b=c?d"},
        {"/a?", "/a", ""},
        {"http://host:1/a?b", "/a", "b"},
        {"http://host", "/", ""},
        {"http://host?q", "", "q"},
        {"*", "*", ""},
        {"", "", ""},
    };
    for (const auto& each : cases) {
        const Target target = split_target(each.target);
        BOOST_TEST(target.path == each.path, each.target);
        BOOST_TEST(target.query == each.query, each.target);
    }
}

BOOST_AUTO_TEST_SUITE_END()
