// GETFILE under load: many clients at once, more files than memory, requests without end. The
// built programs.
#include "test/support/getfile_client.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/random_bytes.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(getfile_load)

namespace {

/// A thousand connections that have all been made, and have asked, before the first is read.
void check_thousand_at_once(
    const HttpServer& server,
    const Files& files,
    std::string (*answer)(std::string_view body)
) {
    constexpr std::size_t clients = 1000;
    std::vector<HttpConnection> connections;
    connections.reserve(clients);
    for (std::size_t i = 0; i < clients; ++i)
        connections.emplace_back(server);
    for (std::size_t i = 0; i < clients; ++i)
        connections[i].send_bytes(getfile_request('/' + files[i % files.size()].first));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < clients; ++i)
        if (receive_all(connections[i]) != answer(files[i % files.size()].second))
            ++wrong;
    BOOST_TEST(wrong == 0U);
}

/// What must be where it was after any number of requests.
struct Footprint {
    std::size_t proxy_descriptors;
    std::size_t daemon_descriptors;
    std::size_t objects;
    std::size_t proxy_bytes;
    std::size_t daemon_bytes;
};

/// With exactly one connection, its own: that of a client may outlive its answer by a moment.
Footprint footprint_of(PairOfPrograms& programs) {
    HttpConnection own(programs.server());
    BOOST_TEST_REQUIRE(poll_until([&] {
        return own.get("/v1/status").body.find("\"connections\":1,") != std::string::npos;
    }));
    const pid_t proxy = programs.proxy()->pid();
    const pid_t daemon = programs.daemon()->pid();
    return {
        descriptors_of(proxy),
        descriptors_of(daemon),
        programs.instance().objects().size(),
        anonymous_bytes_of(proxy),
        anonymous_bytes_of(daemon)};
}

/// By hand, for a million: TREECAST_TEST_REQUESTS=1000000.
std::size_t requests_to_make() {
    const char* const text =
        std::getenv("TREECAST_TEST_REQUESTS");  // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? 10'000 : std::stoul(text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_thousand_clients_at_once_get_the_same_file_and_different_ones) {
    Files one{{"one", random_bytes(40'000, 1)}};
    Files many;
    for (unsigned i = 0; i < 200; ++i)
        many.emplace_back("many/" + std::to_string(i), random_bytes(std::size_t{256} * i, i));
    Files all = one;
    all.insert(all.end(), many.begin(), many.end());
    const Serving serving(
        all,
        {"--getfile=127.0.0.1:0", "--getfile-legacy=127.0.0.1:0", "--workers=2"}
    );

    check_thousand_at_once(serving.server("getfile://"), one, getfile_ok);
    check_thousand_at_once(serving.server("getfile-legacy://"), many, legacy_ok);
}

BOOST_AUTO_TEST_CASE(a_file_larger_than_memory_is_an_error_and_harms_no_other) {
    const Serving serving(
        Files{{"large", std::string(std::size_t{8} << 20, 'l')}, {"small", "s"}},
        {"--getfile=127.0.0.1:0", "--getfile-legacy=127.0.0.1:0", "--memory-limit=1M"}
    );
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(getfile(serving.server("getfile://"), "/large") == getfile_error);
        BOOST_TEST(getfile(serving.server("getfile-legacy://"), "/large") == legacy_error);
        BOOST_TEST(getfile(serving.server("getfile://"), "/small") == getfile_ok("s"));
    }
}

// It takes some seconds: a content stays for at least one second once it was loaded.
BOOST_AUTO_TEST_CASE(files_that_exceed_memory_together_come_whole_one_after_the_other) {
    Files files;
    for (unsigned i = 0; i < 10; ++i)
        files.emplace_back("f" + std::to_string(i), random_bytes(std::size_t{256} * 1024, i));
    // Room for four: that of ten at once, and of ten again, is made by eviction.
    const Serving serving(files, {"--getfile=127.0.0.1:0", "--memory-limit=1100K"});
    const auto server = serving.server("getfile://");
    std::vector<HttpConnection> connections;
    for (std::size_t i = 0; i < 2 * files.size(); ++i) {
        connections.emplace_back(server);
        connections.back().send_bytes(getfile_request('/' + files[i % files.size()].first));
    }
    for (std::size_t i = 0; i < connections.size(); ++i)
        BOOST_TEST((receive_all(connections[i]) == getfile_ok(files[i % files.size()].second)), i);
}

BOOST_AUTO_TEST_CASE(requests_without_end_leave_descriptors_objects_and_memory_where_they_were) {
    // A sanitizer that keeps what is freed would look like growth.
    const ChildOptions child{
        .environment = {
            {"ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}}};
    PairOfPrograms programs;
    const std::vector<std::pair<std::string, std::string>> files{
        {"empty", ""},
        {"small", "small"},
        {"medium", random_bytes(20'000, 1)},
        {"large", random_bytes(100'000, 2)}};
    for (const auto& [path, content] : files)
        programs.tree().write(path, content);
    programs.start_daemon({"--max-file-size=1M"}, child);
    programs.start_proxy({"--getfile=127.0.0.1:0", "--getfile-legacy=127.0.0.1:0"}, child);
    const auto crlf = server_in(programs.proxy()->standard_error(), "getfile://");
    const auto legacy = server_in(programs.proxy()->standard_error(), "getfile-legacy://");

    std::size_t made = 0;
    const auto request =
        [&](const HttpServer& server, std::string_view bytes, std::string_view answer) {
            ++made;
            const auto got = getfile_exchange(server, bytes);
            if (got != answer)
                BOOST_FAIL("request " << made << ", " << bytes << ": " << got.substr(0, 60));
        };
    const auto request_some = [&](std::size_t until) {
        constexpr std::size_t requests_of_a_round = 5;
        const std::size_t rounds = (until - made + requests_of_a_round - 1) / requests_of_a_round;
        for (std::size_t i = 0; i < rounds; ++i) {
            const auto& [path, content] = files[i % files.size()];
            request(crlf, getfile_request('/' + path), getfile_ok(content));
            request(legacy, getfile_request('/' + path), legacy_ok(content));
            // Misses again and again, of the same names and of ever new ones.
            request(crlf, getfile_request("/missing"), getfile_not_found);
            request(legacy, getfile_request("/missing/" + std::to_string(i)), legacy_not_found);
            request(crlf, "GETFILE PUT /x\r\n\r\n", getfile_invalid);
        }
    };
    const std::size_t requests = requests_to_make();
    request_some(requests / 4);
    const Footprint before = footprint_of(programs);
    request_some(requests);
    const Footprint after = footprint_of(programs);

    BOOST_TEST(after.proxy_descriptors == before.proxy_descriptors);
    BOOST_TEST(after.daemon_descriptors == before.daemon_descriptors);
    BOOST_TEST(after.objects == before.objects);
    // A leak of 20 bytes for each request would show, whatever the number of requests.
    const std::size_t slack = std::max<std::size_t>(256 << 10, requests / 4 * 3 * 20);
    BOOST_TEST(after.proxy_bytes <= before.proxy_bytes + slack);
    BOOST_TEST(after.daemon_bytes <= before.daemon_bytes + slack);
    BOOST_TEST_MESSAGE(
        made << " requests: proxy " << before.proxy_bytes << " -> " << after.proxy_bytes
             << " bytes, daemon " << before.daemon_bytes << " -> " << after.daemon_bytes
    );
}

BOOST_AUTO_TEST_SUITE_END()
