#include "client/local/status_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(status_text_of_an_instance)

namespace {

InstanceStatus serving() {
    InstanceStatus status;
    status.instance = "conf-1";
    status.directory = "/dev/shm/treecast-0/conf-1";
    status.daemon_alive = true;
    status.heartbeat_age = std::chrono::milliseconds(300);
    status.header.epoch = 7;
    status.header.newest_revision = 12;
    status.header.scan_complete = true;
    status.header.files = 3;
    status.header.resident_files = 2;
    status.header.resident_bytes = 4096;
    status.header.last_change_us = 1'769'860'800'007'999;
    status.header.daemon_pid = 42;
    status.header.counters[0] = 5;
    return status;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(people_read_lines) {
    BOOST_TEST(
        status_text(serving()) ==
        "conf-1 (/dev/shm/treecast-0/conf-1)\n"
        "  daemon       alive (process 42)\n"
        "  ready        yes\n"
        "  degraded     no\n"
        "  files        3\n"
        "  resident     2 files, 4096 bytes\n"
        "  cursor       0000000000000007.12\n"
        "  last change  2026-01-31T12:00:00.007Z\n"
        "  watches      5\n"
    );
}

BOOST_AUTO_TEST_CASE(programs_read_one_line_of_json) {
    BOOST_TEST(
        status_json(serving()) ==
        R"({"instance":"conf-1","directory":"/dev/shm/treecast-0/conf-1","daemon_alive":true,)"
        R"("daemon_pid":42,"heartbeat_age_ms":300,"ready":true,"degraded":null,"files":3,)"
        R"("stale_files":0,"resident_files":2,"resident_bytes":4096,"epoch":"0000000000000007",)"
        R"("revision":12,)"
        R"("cursor":"0000000000000007.12","last_change":"2026-01-31T12:00:00.007Z",)"
        R"("leases":true,"counters":{"watches":5,"unwatched_directories":0,"overflows":0,"refused_links":0,)"
        R"("skipped_names":0,"published_while_open":0,"read_without_lease":0,"audits":0,)"
        R"("audit_repairs":0,"unwatched_files":0}})"
        "\n"
    );
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_gone_or_hung_is_told_apart) {
    auto gone = serving();
    gone.daemon_alive = false;
    auto hung = serving();
    hung.heartbeat_age = std::chrono::seconds(5);

    BOOST_TEST(contains(status_text(gone), "daemon       gone\n"));
    BOOST_TEST(contains(status_text(hung), "hung for 5 s (process 42)\n"));
}

BOOST_AUTO_TEST_CASE(what_shared_memory_says_cannot_break_the_line) {
    auto status = serving();
    status.header.degraded = "root\nis gone";
    BOOST_TEST(contains(status_text(status), "degraded     root\\x0ais gone\n"));

    status.unreadable = "Permission denied";
    BOOST_TEST(contains(status_text(status), "error        Permission denied\n"));
    BOOST_TEST(contains(status_json(status), R"("error":"Permission denied"})"));
}

BOOST_AUTO_TEST_SUITE_END()
