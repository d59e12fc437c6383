// What the tests of archives share.
#pragma once

#include "test/integration/published_to_subscriber_fixture.hpp"
#include "test/support/tar_reader.hpp"

#include <boost/json/parse.hpp>

namespace treecast::test::archive_cases {

using namespace treecast::test::published_to_subscriber_cases;

struct Archives : Published {
    HttpResponse get(const std::string& name, const HttpHeaders& headers = {}) const {
        return http_get(proxy.server(), target(name), headers);
    }
    HttpConnection poll(const std::string& name, const HttpHeaders& headers = {}) const {
        HttpConnection connection(proxy.server());
        connection.send_request("GET", target(name), headers);
        return connection;
    }
    /// "a=1 b=2": what the archive in the answer holds.
    static std::string files_in(const HttpResponse& response) {
        BOOST_TEST_REQUIRE(response.status == 200u, response.body);
        return listed(read_tar(response.body));
    }
    std::int64_t made() const {
        const auto status = http_get(proxy.server(), "/v1/status");
        return boost::json::parse(status.body).at("archives_made").as_int64();
    }
    static std::string target(const std::string& name) { return "/v1/archive/" + name; }
    static HttpHeaders tagged(const HttpResponse& response, const std::string& prefer = "wait=30") {
        return {{"If-None-Match", response.header("ETag")}, {"Prefer", prefer}};
    }
};

}  // namespace treecast::test::archive_cases
