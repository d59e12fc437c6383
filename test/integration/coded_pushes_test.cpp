// Held polls of those who take a coding.
#include "test/integration/codings_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(coded_pushes)

using namespace treecast::test::coding_cases;

namespace {

HttpConnection poll(const ProxyInProcess& proxy, const Version& after, const char* accepted) {
    return proxy.poll("f.json?wait=30&after=" + to_string(after), takes(accepted));
}

/// The maker does nothing until this is destroyed.
class BusyMaker {
public:
    explicit BusyMaker(ProxyInProcess& proxy) {
        proxy.maker().add([ended = ended_](const std::stop_token&) {
            ended->get_future().wait();
        });
    }
    ~BusyMaker() { ended_->set_value(); }
    BusyMaker(const BusyMaker&) = delete;
    BusyMaker& operator=(const BusyMaker&) = delete;

private:
    std::shared_ptr<std::promise<void>> ended_ = std::make_shared<std::promise<void>>();
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_version_is_pushed_in_the_coding_of_each, Published) {
    const Version first = daemon.put("f.json", lines(300'000));
    std::vector<HttpConnection> polls;
    const std::vector<std::string> codings{"", "zstd", "gzip", "zstd", ""};
    for (const std::string& coding : codings)
        polls.push_back(poll(proxy, first, coding.c_str()));
    BOOST_TEST(proxy.wait_for_subscribers(codings.size()));

    const std::string content = lines(300'000, 1);
    daemon.put("f.json", content);

    for (std::size_t i = 0; i < polls.size(); ++i) {
        const auto response = polls[i].receive();
        check_coded(response, content, codings[i]);
        BOOST_TEST(response.header("Cache-Control") == "public, max-age=5");
    }
    BOOST_TEST(proxy.wait_for_subscribers(0));
    BOOST_TEST(status_number(proxy, "made_contents") == 2);
}

BOOST_FIXTURE_TEST_CASE(a_small_version_is_pushed_as_it_is, Published) {
    const Version first = daemon.put("f.json", lines(20'000));
    proxy.get("f.json", takes("zstd"));
    auto one = poll(proxy, first, "zstd");
    auto two = poll(proxy, first, "zstd");
    BOOST_TEST(proxy.wait_for_subscribers(2));
    const std::string content = lines(20'000, 1);
    daemon.put("f.json", content);
    check_coded(one.receive(), content, "");
    check_coded(two.receive(), content, "");
    check_coded(proxy.get("f.json", takes("zstd")), content, "zstd");
}

BOOST_FIXTURE_TEST_CASE(who_takes_the_identity_waits_for_no_coding, Published) {
    const Version first = daemon.put("f.json", lines(300'000));
    auto coded = poll(proxy, first, "zstd");
    auto plain = poll(proxy, first, "");
    BOOST_TEST(proxy.wait_for_subscribers(2));
    const BusyMaker busy(proxy);
    const std::string content = lines(300'000, 1);
    const auto begin = std::chrono::steady_clock::now();
    daemon.put("f.json", content);

    check_coded(plain.receive(), content, "");
    BOOST_TEST(!coded.has_answer());
    check_coded(coded.receive(), content, "");
    const auto waited = std::chrono::steady_clock::now() - begin;
    BOOST_TEST((waited >= 1s && waited < 5s));
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(changes_make_nobodys_wait_for_a_coding_longer, Published) {
    const Version first = daemon.put("f.json", lines(300'000));
    auto coded = poll(proxy, first, "zstd");
    BOOST_TEST(proxy.wait_for_subscribers(1));
    const BusyMaker busy(proxy);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; !coded.has_answer(10ms); ++i)
        daemon.put("f.json", lines(300'000, i));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    BOOST_TEST(coding_of(coded.receive()) == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_superseded_is_not_kept, Published) {
    daemon.put("f.json", lines(300'000));
    proxy.get("f.json", takes("zstd"));
    BOOST_TEST(status_number(proxy, "made_contents") == 1);
    daemon.put("f.json", lines(300'000, 1));
    BOOST_TEST(poll_until([&] {
        return status_number(proxy, "made_bytes") == 0;
    }));
    proxy.get("f.json", takes("gzip"));
    BOOST_TEST(status_number(proxy, "made_contents") == 1);
    daemon.remove("f.json");
    BOOST_TEST(poll_until([&] {
        return status_number(proxy, "made_bytes") == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(a_stop_ends_the_wait_for_a_coding, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    const BusyMaker busy(proxy);
    auto request = proxy.poll("f.json", takes("zstd"));
    BOOST_TEST(proxy.wait_for_subscribers(1));
    proxy.stop();
    check_coded(request.receive(), content, "");
}

BOOST_AUTO_TEST_CASE(without_room_there_is_the_identity) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.made_bytes_max = 1000;
    const ProxyInProcess proxy(instance, settings);
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    for (int i = 0; i < 3; ++i)
        check_coded(proxy.get("f.json", takes("gzip, zstd")), content, "");
    BOOST_TEST(status_number(proxy, "made_bytes") == 0);
}

BOOST_AUTO_TEST_CASE(workers_share_what_is_made) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance, 2);
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.workers = 2;
    const ProxyInProcess proxy(instance, settings);
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const Version first = daemon.put("f.json", lines(300'000));
    std::vector<HttpConnection> polls;
    for (int i = 0; i < 32; ++i)
        polls.push_back(poll(proxy, first, "zstd"));
    BOOST_TEST(proxy.wait_for_subscribers(polls.size()));
    const std::string content = lines(300'000, 1);
    daemon.put("f.json", content);
    std::string body;
    for (HttpConnection& each : polls) {
        const auto response = each.receive();
        check_coded(response, content, "zstd");
        body = response.body;
    }
    BOOST_TEST(status_number(proxy, "made_contents") == 1);
    BOOST_TEST(status_number(proxy, "made_bytes") == static_cast<std::int64_t>(body.size()));
    BOOST_TEST(status_number(proxy, "codings_made") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
