// The worker is attached to a catalog that the test writes. Another worker has the only queue pair,
// so this one looks by itself. integration/attachment_test.cpp has the bell.
#include "proxy/source/change_follower.hpp"

#include "ipc/daemon_queues.hpp"
#include "ipc/worker_queues.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(change_follower)

namespace {

/// Writes what it is notified of into a log that all consumers share.
class Recorder final : public ChangeConsumer {
public:
    Recorder(char name, std::string& log) : name_(name), log_(log) {}

    void changed(std::span<const ipc::LogRecord> changes) override {
        write("changed:" + std::to_string(changes.size()));
    }
    void loaded(ipc::FileId file) override { write("loaded:" + std::to_string(file.value)); }
    void everything_changed(Cause cause) override {
        switch (cause) {
            case Cause::scan_completed:
                return write("scanned");
            case Cause::log_overrun:
                return write("overrun");
            case Cause::catalog_replaced:
                return write("replaced");
        }
    }
    void end_batch() override { write("end"); }
    bool is_waiting() const override { return true; }

private:
    void write(const std::string& what) {
        log_ += name_;
        log_ += '.' + what + ' ';
    }
    const char name_;
    std::string& log_;
};

struct Fixture : ObjectFixture {
    Fixture() {
        follower.add(first);
        follower.add(second);
    }
    ~Fixture() {
        follower.stop();
        context.restart();
        context.poll();
    }
    /// What the consumers are notified of until `end` has been written.
    std::string log_until(const std::string& end) {
        const auto deadline = Clock::now() + 10s;
        while (log.find(end) == std::string::npos && Clock::now() < deadline) {
            context.restart();
            context.run_one_for(100ms);
        }
        std::string text;
        text.swap(log);
        // Looks at which nothing was new.
        const std::string empty = "a.end b.end ";
        while (text.starts_with(empty) && text != empty)
            text.erase(0, empty.size());
        return text;
    }

    ipc::DaemonQueues queues{directory, 1};
    ipc::WorkerQueues other_worker = ipc::WorkerQueues::claim(directory).value();
    Counters counters{};
    Attachment attachment{guard.instance(), guard.base(), 0, counters};
    boost::asio::io_context context{1};
    int ready = 0;
    int looks = 0;
    std::string log{};
    Recorder first{'a', log};
    Recorder second{'b', log};
    ChangeFollower follower{
        context,
        attachment,
        0,
        1,
        {[this] {
             ++ready;
         },
         [this] {
             ++looks;
         }}};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    each_batch_goes_to_all_consumers_in_their_order_and_is_then_ended,
    Fixture
) {
    ipc::CatalogWriter writer(directory, {.log_slots = 16});
    follower.start();
    BOOST_TEST(log_until("b.end") == "a.replaced b.replaced a.end b.end ");
    BOOST_TEST(ready == 0);

    writer.set_scan_complete();
    BOOST_TEST(log_until("scanned b.scanned a.end b.end") == "a.scanned b.scanned a.end b.end ");

    struct {
        int changes;
        const char* log;
    } const steps[] = {
        {1, "a.changed:1 b.changed:1 a.end b.end "},
        {3, "a.changed:3 b.changed:3 a.end b.end "},
        {17, "a.overrun b.overrun a.end b.end "},
        {16, "a.changed:16 b.changed:16 a.end b.end "},
    };
    for (const auto& step : steps) {
        for (int i = 0; i < step.changes; ++i)
            publish(writer, "f");
        BOOST_TEST(log_until(step.log) == step.log);
    }
    BOOST_TEST(ready == 1);
    BOOST_TEST(looks > 5);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_comes_later_is_found, Fixture) {
    follower.start();
    BOOST_TEST(log_until("b.end") == "a.end b.end ");
    BOOST_TEST(looks == 1);

    ipc::CatalogWriter writer(directory);

    BOOST_TEST(
        log_until("replaced b.replaced a.end b.end") == "a.replaced b.replaced a.end b.end "
    );
}

BOOST_FIXTURE_TEST_CASE(loads_belong_to_the_batch_under_way, Fixture) {
    const ipc::FileId files[] = {{4}, {5}};
    follower.loaded(files);
    follower.end_batch();
    BOOST_TEST(log == "a.loaded:4 a.loaded:5 b.loaded:4 b.loaded:5 a.end b.end ");
}

BOOST_AUTO_TEST_SUITE_END()
