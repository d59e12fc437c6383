#include "proxy/http/route_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(route_table)

namespace {

using Match = Route::Match;
using Methods = Route::Methods;

const RouteTable& table() {
    static const RouteTable rows({
        {"/", Match::exactly, Methods::get},
        {"/healthz", Match::exactly, Methods::get},
        {"/v1/feed", Match::exactly, Methods::get_and_post, 100},
        {"/v1/files/", Match::beginning, Methods::get},
        {"/v1/", Match::beginning, Methods::none},
        {"/", Match::beginning, Methods::get},
    });
    return rows;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_row_that_matches_counts) {
    struct {
        const char* path;
        const char* row;  // null: there is none
    } const cases[] = {
        {"/", "/"},
        {"/healthz", "/healthz"},
        {"/healthz/x", "/"},
        {"/v1/feed", "/v1/feed"},
        {"/v1/files/conf/a%20b", "/v1/files/"},
        {"/v1/files/", "/v1/files/"},
        {"//evil.example/", "/"},
        {"/v1", "/"},
        {"/v2/files/x", "/"},
        {"/v1/", nullptr},
        {"/v1/files", nullptr},
        {"/v1/feed/x", nullptr},
        {"*", nullptr},
        {"", nullptr},
        {"host:443", nullptr},
    };
    for (const auto& each : cases) {
        const Route* const route = table().find(each.path);
        BOOST_TEST_REQUIRE((route != nullptr) == (each.row != nullptr), each.path);
        if (route != nullptr)
            BOOST_TEST(route->path == each.row, each.path);
    }
}

BOOST_AUTO_TEST_CASE(a_path_counts_before_a_method_and_a_method_before_a_body) {
    constexpr std::string_view get = "GET, HEAD";
    constexpr std::string_view post = "GET, HEAD, POST";
    struct {
        const char* path;
        Method method;
        std::uint64_t body;
        unsigned status;  // 0: not refused
        std::string_view allow{};
        bool has_length = true;
    } const cases[] = {
        {"/v1/files/f", Method::get, 0, 0},
        {"/v1/files/f", Method::head, 0, 0},
        {"/v1/files/f", Method::post, 0, 405, get},
        {"/v1/files/f", Method::other, 0, 405, get},
        {"/v1/files/f", Method::other, 9, 405, get},
        {"/v1/files/f", Method::get, 9, 413},
        {"/v1/files/f", Method::head, 9, 413},
        {"/v1/nothing", Method::other, 9, 404},
        {"/", Method::other, 9, 405, get},
        {"/f", Method::post, 9, 405, get},
        {"/v1/feed", Method::post, 0, 0},
        {"/v1/feed", Method::post, 101, 413},
        {"/v1/feed", Method::post, 9, 411, {}, false},
        {"/v1/feed", Method::get, 9, 413},
        {"/v1/feed", Method::other, 9, 405, post},
    };
    for (const auto& each : cases) {
        Request request;
        request.method = each.method;
        request.has_body = each.body != 0;
        request.has_length = each.has_length;
        request.body_length = each.body;

        const auto refusal = RouteTable::refusal(table().find(each.path), request);

        BOOST_TEST((refusal ? refusal->status : 0) == each.status, each.path);
        BOOST_TEST((refusal ? refusal->allow : "") == each.allow, each.path);
    }
}

BOOST_AUTO_TEST_CASE(only_a_post_has_a_body_where_the_row_says_so) {
    struct {
        const char* path;
        Method method;
        std::size_t bytes;
    } const cases[] = {
        {"/v1/feed", Method::post, 100},
        {"/v1/feed", Method::get, 0},
        {"/v1/feed", Method::other, 0},
        {"/v1/files/f", Method::post, 0},
        {"/v1/nothing", Method::post, 0},
    };
    for (const auto& each : cases) {
        Request request;
        request.method = each.method;
        BOOST_TEST(RouteTable::body_bytes_max(table().find(each.path), request) == each.bytes);
    }
    Request read;
    read.method = Method::post;
    read.has_body = read.has_length = true;
    read.body = "body";
    read.body_length = 4;
    BOOST_TEST(!RouteTable::refusal(table().find("/v1/feed"), read));
}

BOOST_AUTO_TEST_SUITE_END()
