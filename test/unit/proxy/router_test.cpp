#include "proxy/router.hpp"

#include "proxy/short_name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(router)

BOOST_AUTO_TEST_CASE(every_path_has_its_endpoint) {
    struct {
        const char* path;
        Resource resource;
        const char* rest;
    } const cases[] = {
        {"/", Resource::front_page, ""},
        {"/healthz", Resource::health, ""},
        {"/readyz", Resource::ready, ""},
        {"/v1/status", Resource::status, ""},
        {"/v1/changes", Resource::changes, ""},
        {"/v1/files/conf/a%20b", Resource::files, "conf/a%20b"},
        {"/v1/files/", Resource::files, ""},
        {"/conf/a%20b", Resource::short_name, "conf/a%20b"},
        {"//evil.example/", Resource::short_name, "/evil.example/"},
        {"/healthz/x", Resource::short_name, "healthz/x"},
        {"/v1", Resource::short_name, "v1"},
        {"/v2/files/x", Resource::short_name, "v2/files/x"},
        {"/v1/", Resource::none, ""},
        {"/v1/files", Resource::none, "files"},
        {"/v1/nothing", Resource::none, "nothing"},
        {"/v1/status/x", Resource::none, "status/x"},
        {"*", Resource::none, ""},
        {"", Resource::none, ""},
        {"host:443", Resource::none, ""},
    };
    for (const auto& each : cases) {
        Request request;
        request.method = Method::get;
        const Route route = find_route(request, each.path);
        BOOST_TEST((route.resource == each.resource), each.path);
        BOOST_TEST(route.rest == each.rest, each.path);
        BOOST_TEST(route.refusal == (each.resource == Resource::none ? 404u : 0u), each.path);
    }
}

BOOST_AUTO_TEST_CASE(a_path_counts_before_a_method_and_a_method_before_a_body) {
    struct {
        const char* path;
        Method method;
        bool has_body;
        unsigned refusal;
    } const cases[] = {
        {"/v1/files/f", Method::get, false, 0},
        {"/v1/files/f", Method::head, false, 0},
        {"/v1/files/f", Method::other, false, 405},
        {"/v1/files/f", Method::other, true, 405},
        {"/v1/files/f", Method::get, true, 413},
        {"/v1/files/f", Method::head, true, 413},
        {"/v1/nothing", Method::other, true, 404},
        {"/", Method::other, true, 405},
        {"/healthz", Method::other, false, 405},
        {"/v1/changes", Method::other, true, 405},
        {"/f", Method::other, true, 405},
    };
    for (const auto& each : cases) {
        Request request;
        request.method = each.method;
        request.has_body = each.has_body;
        const Route route = find_route(request, each.path);
        BOOST_TEST(route.refusal == each.refusal, each.path);
        if (each.refusal == 405)
            BOOST_TEST(route.allow == "GET, HEAD", each.path);
    }
}

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
