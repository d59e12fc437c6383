#include "proxy/http/accept.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::proxy;
using By = Acceptance::By;

BOOST_AUTO_TEST_SUITE(accept_field)

BOOST_AUTO_TEST_CASE(the_most_specific_range_says_how_much_a_type_is_wanted) {
    struct {
        std::string_view accept;
        std::string_view type;
        Acceptance expected;
    } const cases[] = {
        {"", "text/html", {By::any_type, 1000}},
        {"  ", "text/html", {By::any_type, 1000}},
        {"*/*", "text/html", {By::any_type, 1000}},
        {"*/*;q=0.1", "text/html", {By::any_type, 100}},
        {"text/*", "text/html", {By::its_family, 1000}},
        {"TEXT/*;q=0.25", "text/html", {By::its_family, 250}},
        {"text/html", "text/html", {By::its_name, 1000}},
        {"Text/HTML ; level=1 ; Q=0.5", "text/html", {By::its_name, 500}},
        {"text/html;level=1", "text/html", {By::its_name, 1000}},
        {"application/json", "text/html", {By::nothing, 0}},
        {"text", "text/html", {By::nothing, 0}},
        {"/*", "text/html", {By::nothing, 0}},
        {"texts/*", "text/html", {By::nothing, 0}},
        {"tex/*", "text/html", {By::nothing, 0}},
        {",,", "text/html", {By::nothing, 0}},
        {"*/*, text/*;q=0.2, text/html;q=0", "text/html", {By::its_name, 0}},
        {"text/html;q=0, */*", "text/html", {By::its_name, 0}},
        {"text/html;q=0.3, text/html;q=0.9", "text/html", {By::its_name, 300}},
        {"multipart/mixed; boundary=\"a,b;q=0\"", "multipart/mixed", {By::its_name, 1000}},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            (acceptance_of(each.accept, each.type) == each.expected),
            each.accept << " of " << each.type
        );
}

BOOST_AUTO_TEST_CASE(a_weight_has_up_to_three_digits) {
    struct {
        std::string_view weight;
        unsigned quality;
    } const cases[] = {
        {"0", 0},
        {"0.", 0},
        {"0.000", 0},
        {"0.001", 1},
        {"0.5", 500},
        {"0.75", 750},
        {"1", 1000},
        {"1.000", 1000},
        // malformed ones count as 1
        {"1.5", 1000},
        {"", 1000},
        {"2", 1000},
        {"-0", 1000},
        {"0.0000", 1000},
        {".5", 1000},
        {"00", 1000},
        {"0x1", 1000},
        {"0.1a", 1000},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            acceptance_of("a/b;q=" + std::string(each.weight), "a/b").quality == each.quality,
            each.weight
        );
}

BOOST_AUTO_TEST_SUITE_END()
