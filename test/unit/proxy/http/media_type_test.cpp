#include "proxy/http/media_type.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace treecast::proxy;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(media_type)

BOOST_AUTO_TEST_CASE(media_types_are_told_from_other_texts) {
    const std::string_view valid[] = {
        "text/plain",
        "application/vnd.openpolicyagent.bundles",
        "image/svg+xml",
        "Text/HTML",
        "!#$%&'*+-.^_`|~/x",
        "text/plain;charset=utf-8",
        "text/plain; charset=utf-8",
        "text/plain ;  charset=utf-8",
        "text/plain; a=b;c=d",
        R"(text/plain; a="b; c=\"d\\, e")",
        R"(text/plain; a="")",
    };
    for (const std::string_view text : valid)
        BOOST_TEST(is_media_type(text), text);

    const std::string_view invalid[] = {
        "",
        "text",
        "text/",
        "/plain",
        "text/plain/x",
        "text//plain",
        "text /plain",
        "text/ plain",
        " text/plain",
        "text/plain ",
        "text/plain\t",
        "text/pl\xC3\xA4in",
        "text/plain, text/html",
        "text/plain;",
        "text/plain;;a=b",
        "text/plain; ",
        "text/plain; a",
        "text/plain; a=",
        "text/plain; =b",
        "text/plain; a =b",
        "text/plain; a= b",
        "text/plain; a=b/c",
        "text/plain; a=b c",
        "text/plain; a=\"b",
        "text/plain; a=\"b\\",
        "text/plain; a=\"b\\\"",
        "text/plain; a=\"b\"c",
        "text/plain; a=\"\tb\"",
        "text/plain; a=\"b\x7F\"",
        "text/plain; a=\"\xC3\xA4\"",
        "text/plain; a=\"\\\n\"",
        "text/plain\r\nSet-Cookie: a=b",
        "text/plain; a=\"b\r\nc\"",
        "text/plain\0"sv,
        "text/plain; a=\"\0\""sv,
        "*.x=text/plain",
    };
    for (const std::string_view text : invalid)
        BOOST_TEST(!is_media_type(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
