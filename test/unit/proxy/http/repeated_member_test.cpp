#include "proxy/http/repeated_member.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(repeated_members)

BOOST_AUTO_TEST_CASE(the_first_name_that_an_object_has_twice_is_found) {
    const struct {
        const char* text;
        const char* name;  // null: none
    } rows[] = {
        {R"({"a":[],"a":[]})", "a"},
        {R"({"a":1,"b":2,"b":3,"a":4})", "b"},
        {R"({"a":"\u0061","\u0061":null})", "a"},
        {R"({"":1,"":2})", ""},
        {R"({"a":{"b":1},"c":[{"a":1}],"a":2})", "a"},
        {R"({"a":1,"b":2})", nullptr},
        {R"({"a":{"b":1,"b":2},"c":{"b":1}})", nullptr},
        {R"([{"a":1,"a":2}])", nullptr},
        {R"({})", nullptr},
        {R"("a")", nullptr},
        {"", nullptr},
        {R"({"a":)", nullptr},
    };
    for (const auto& row : rows) {
        const auto name = repeated_member(row.text);
        BOOST_TEST(name.has_value() == (row.name != nullptr), row.text);
        if (name && row.name != nullptr)
            BOOST_TEST(*name == row.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
