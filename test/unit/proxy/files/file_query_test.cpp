#include "proxy/files/file_query.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(file_query)

BOOST_AUTO_TEST_CASE(known_parameters_are_taken_in_any_order) {
    FileQuery query;

    BOOST_TEST(!parse_file_query("wait=500ms&after=00000000000000ff.12", query));

    BOOST_TEST((query.wait == 500ms));
    BOOST_TEST((query.after == Version{255, 12}));
}

BOOST_AUTO_TEST_CASE(names_and_values_are_form_decoded) {
    FileQuery query;

    BOOST_TEST(!parse_file_query("%77ait=3%30&&after=00000000000000ff%2E12&", query));

    BOOST_TEST((query.wait == 30s));
    BOOST_TEST((query.after == Version{255, 12}));
}

BOOST_AUTO_TEST_CASE(what_clients_add_to_get_past_caches_is_passed_over) {
    for (const char* const text :
         {"_=1700000000000", "_", "_=%zz", "_=1&wait=30&_=2", "%5F=1&wait=30"}) {
        FileQuery query;
        BOOST_TEST(!parse_file_query(text, query), text);
    }
    FileQuery query;
    BOOST_TEST(parse_file_query("__=1", query).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_query_says_nothing) {
    FileQuery query{.after = Version{1, 2}, .wait = 1s};

    BOOST_TEST(!parse_file_query("", query));

    BOOST_TEST(!query.after);
    BOOST_TEST(!query.wait);
}

BOOST_AUTO_TEST_CASE(every_refusal_names_its_parameter) {
    struct {
        const char* text;
        const char* parameter;
    } const cases[] = {
        {"wait=", "wait"},
        {"wait", "wait"},
        {"wait=-1", "wait"},
        {"wait=1.5", "wait"},
        {"wait=+1", "wait"},
        {"wait=1h", "wait"},
        {"wait=99999999999999999999", "wait"},
        {"wait=1&wait=1", "wait"},
        {"wait=%zz", "wait"},
        {"wait=1%", "wait"},
        {"after=", "after"},
        {"after=1", "after"},
        {"after=-1", "after"},
        {"after=00000000000000FF.12", "after"},
        {"after=00000000000000ff.012", "after"},
        {"after=00000000000000ff.99999999999999999999", "after"},
        {"after=00000000000000ff.1&after=00000000000000ff.1", "after"},
        {"idle=204", "idle"},  // the end of a wait was 304 without it, once
        {"waitt=1", "waitt"},
        {"a+b=1", "a b"},
        {"=1", ""},
        {"%zz=1", "%zz"},
    };
    for (const auto& each : cases) {
        FileQuery query;
        const auto refusal = parse_file_query(each.text, query);
        BOOST_TEST_REQUIRE(refusal.has_value(), each.text);
        BOOST_TEST(refusal->parameter == each.parameter, each.text);
        BOOST_TEST(!refusal->reason.empty(), each.text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
