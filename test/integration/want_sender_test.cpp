// Wants of a worker that has no queue pair: what others had loaded meets them all the same.
#include "proxy/source/want_sender.hpp"

#include "test/integration/stand_in_daemon.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(want_sender)

namespace {

/// An attachment that finds the catalog, and every queue pair taken.
struct WithoutQueues {
    InstanceGuard instance{};
    StandInDaemon daemon{instance, 1};
    Counters other_counters{};
    Counters counters{};
    Attachment other{instance.instance(), instance.base(), 0, other_counters};
    Attachment attachment{instance.instance(), instance.base(), 1, counters};
    boost::asio::io_context context{};

    WithoutQueues() {
        daemon.complete_scan();
        (void)other.refresh();
        (void)attachment.refresh();
        BOOST_TEST_REQUIRE(attachment.catalog() != nullptr);
        BOOST_TEST_REQUIRE(attachment.pair() == nullptr);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(however_many_they_are_they_are_checked_at_each_batch, WithoutQueues) {
    std::size_t met = 0;
    WantSender wants(
        context,
        attachment,
        [&](std::span<const ipc::FileId> files) {
            met += files.size();
        },
        [] {}
    );
    constexpr std::size_t count = 300;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string path = "f" + std::to_string(i);
        daemon.put(path, "content");
        wants.add(attachment.catalog()->find(path).value().file, true, Clock::now() + 60s);
    }

    wants.end_batch();

    BOOST_TEST(met == count);
}

BOOST_AUTO_TEST_SUITE_END()
