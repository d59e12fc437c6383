#include "proxy/operations/short_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(short_name)

BOOST_AUTO_TEST_CASE(a_short_name_leads_below_v1_files_and_nowhere_else) {
    struct {
        const char* path;
        const char* query;
        const char* location;
    } const cases[] = {
        {"conf", "", "/v1/files/conf"},
        {"a%20b/%E2%82%AC+c", "", "/v1/files/a%20b/%E2%82%AC+c"},
        {"conf", "after=x.1&wait=30", "/v1/files/conf?after=x.1&wait=30"},
        {"a:b@c;d=e,f!$&'()*~", "", "/v1/files/a:b@c;d=e,f!$&'()*~"},
        {"/evil.example", "", "/v1/files//evil.example"},
        {"\\evil", "", "/v1/files/%5Cevil"},
        {"caf\xC3\xA9<>\"{}|^`", "", "/v1/files/caf%C3%A9%3C%3E%22%7B%7D%7C%5E%60"},
        {"f", "a=#b", "/v1/files/f?a=%23b"},
        {"f", "a=\r\nX: y", "/v1/files/f?a=%0D%0AX:%20y"},
    };
    for (const auto& each : cases)
        BOOST_TEST(file_location(each.path, each.query) == each.location);
}

BOOST_AUTO_TEST_SUITE_END()
