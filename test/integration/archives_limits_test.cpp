// The limits of archives.
#include "test/integration/archives_fixture.hpp"

using namespace treecast::test::archive_cases;

BOOST_AUTO_TEST_SUITE(archives)

namespace {

proxy::Settings settings_of(const InstanceGuard& instance) {
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);
    settings.archive_bytes_max = 100'000;
    settings.made_bytes_max = 250'000;
    settings.load_timeout = 300ms;
    BOOST_TEST(
        !settings.content_types.add_rule("policy.tar.gz=application/vnd.openpolicyagent.bundles")
    );
    return settings;
}

struct Limited {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    ProxyInProcess proxy{instance, settings_of(instance)};

    Limited() {
        daemon.complete_scan();
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    }
    HttpResponse get(const std::string& name) const {
        return http_get(proxy.server(), "/v1/archive/" + name);
    }
};

void check_says(const HttpResponse& response, unsigned status, std::string_view text) {
    BOOST_TEST(response.status == status);
    BOOST_TEST((response.body.find(text) != std::string::npos), response.body);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(more_bytes_than_the_limit_are_507_with_advice, Limited) {
    daemon.put("d/a/1", std::string(60'000, 'x'));
    daemon.put("d/b/1", std::string(40'000, 'x'));
    BOOST_TEST(get("d.tar").status == 200u);
    daemon.put("d/b/2", "x", StandInDaemon::As::listed);
    check_says(get("d.tar.gz"), 507, "--archive-limit");
    check_says(get("d.tar.gz"), 507, "one by one");
    BOOST_TEST(get("d/a.tar").status == 200u);
    daemon.remove("d/b/1");
    BOOST_TEST(get("d.tar").status == 200u);
}

BOOST_FIXTURE_TEST_CASE(more_files_than_the_limit_are_507, Limited) {
    for (int i = 0; i < 100'001; ++i)
        daemon.put("d/" + std::to_string(i), "", StandInDaemon::As::listed);
    check_says(get("d.tar.zst"), 507, "100000 files");
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit_into_the_memory_for_all_is_503, Limited) {
    for (const std::string directory : {"a", "b", "c"})
        daemon.put(directory + "/1", std::string(90'000, 'x'));
    // The contents and the archive; the older archives make room.
    for (const std::string directory : {"a", "b", "c"})
        BOOST_TEST(get(directory + ".tar").status == 200u);
    for (int i = 0; i < 25'000; ++i)  // each takes a header of 512 bytes
        daemon.put("m/" + std::to_string(i), "");
    check_says(get("m.tar"), 503, "--made-limit");
    BOOST_TEST(get("a.tar").status == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_content_that_does_not_come_is_503_and_named, Limited) {
    daemon.serve_wants(false);
    daemon.put("d/a", "1");
    daemon.put("d/lost", "1", StandInDaemon::As::listed);
    check_says(get("d.tar"), 503, "'d/lost' was not loaded in time");
    daemon.serve_wants(true);
    BOOST_TEST(get("d.tar").status == 200u);
}

BOOST_AUTO_TEST_CASE(contents_are_asked_for_as_long_as_others_come) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    proxy::Settings settings = settings_of(instance);
    settings.load_timeout = 2s;
    const ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    daemon.serve_wants(false);
    constexpr int others = 30;
    daemon.put("d/late", "1", StandInDaemon::As::listed);
    for (int i = 0; i < others; ++i)
        daemon.put("d/" + std::to_string(i), "1", StandInDaemon::As::listed);
    HttpConnection connection(proxy.server());
    connection.send_request("GET", "/v1/archive/d.tar", {});
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    for (int i = 0; i < others; ++i) {  // which takes longer than the time for one content
        std::this_thread::sleep_for(100ms);
        daemon.put("d/" + std::to_string(i), "2");
    }
    daemon.serve_wants(true);
    BOOST_TEST(connection.receive().status == 200u);
}

BOOST_FIXTURE_TEST_CASE(its_own_path_has_a_media_type_by_rule, Limited) {
    daemon.put("policy/a", "1");
    const auto bundle = get("policy.tar.gz");
    BOOST_TEST(bundle.header("Content-Type") == "application/vnd.openpolicyagent.bundles");
    BOOST_TEST(get("policy.tar").header("Content-Type") == "application/x-tar");
}

BOOST_AUTO_TEST_SUITE_END()
