#include "daemon/request_queues.hpp"

#include "ipc/worker_queues.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;

namespace {

struct RequestQueuesFixture : ObjectFixture {
    /// Sends requests that are numbered by their epoch.
    void send(ipc::WorkerQueues& worker, std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t number = first; number <= last; ++number)
            BOOST_TEST_REQUIRE(worker.send({.epoch = number, .files = {ipc::FileId{1}}}));
    }
    bool receive() {
        received.clear();
        return requests.receive([this](const ipc::Request& request) {
            received.push_back(request.epoch);
        });
    }
    /// Returns how often the loop reported a readable queue.
    int run() {
        reports = 0;
        loop.restart();
        loop.poll();
        return reports;
    }
    /// Receives what the workers sent when they claimed their queues.
    void receive_claims() {
        while (receive()) {
        }
        received.clear();
    }

    boost::asio::io_context loop;
    ipc::DaemonQueues pairs{directory, 2};
    ipc::WorkerQueues busy = ipc::WorkerQueues::claim(directory).value();
    ipc::WorkerQueues calm = ipc::WorkerQueues::claim(directory).value();
    std::vector<std::uint64_t> received;
    int reports = 0;
    RequestQueues requests{loop, pairs, [this] {
                               ++reports;
                           }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_queues, RequestQueuesFixture)

BOOST_AUTO_TEST_CASE(a_queue_that_was_read_to_its_end_is_read_again_after_a_wait) {
    receive_claims();
    send(busy, 1, 3);
    BOOST_TEST(!receive());
    BOOST_TEST(received.empty());

    requests.wait();
    requests.wait();
    BOOST_TEST(run() == 1);
    BOOST_TEST(!receive());
    BOOST_TEST((received == std::vector<std::uint64_t>{1, 2, 3}));
    BOOST_TEST(run() == 0);  // nobody waits
}

BOOST_AUTO_TEST_CASE(a_busy_worker_does_not_keep_others_waiting) {
    receive_claims();
    requests.wait();
    send(busy, 1, 10);  // as many as a queue holds
    send(calm, 100, 100);
    BOOST_TEST(run() == 2);

    const auto refill = [&](const ipc::Request& request) {
        received.push_back(request.epoch);
        if (request.epoch < 100)
            send(busy, request.epoch + 10, request.epoch + 10);
    };
    BOOST_TEST(requests.receive(refill));
    BOOST_TEST_REQUIRE(received.size() == RequestQueues::requests_at_once + 1);
    BOOST_TEST(received.back() == 100U);
    requests.wait();
    BOOST_TEST(run() == 0);  // the busy queue was not read to its end, and the calm one is empty

    BOOST_TEST(!receive());
    BOOST_TEST(received.front() == RequestQueues::requests_at_once + 1);
    BOOST_TEST(received.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
