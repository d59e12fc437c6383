#include "ipc/daemon_queues.hpp"
#include "ipc/queue_names.hpp"
#include "ipc/worker_queues.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(queue_pairs, ObjectFixture)

namespace {

bool is_readable(int fd) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1;
}

bool send_raw(const std::string& queue, const std::string& bytes) {
    const mqd_t descriptor = ::mq_open(queue.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    const bool sent = ::mq_send(descriptor, bytes.data(), bytes.size(), 0) == 0;
    ::mq_close(descriptor);
    return sent;
}

mode_t mode_of(const std::string& queue) {
    const mqd_t descriptor = ::mq_open(queue.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    ::fstat(descriptor, &status);
    ::mq_close(descriptor);
    return status.st_mode & 0777;
}

}  // namespace

BOOST_AUTO_TEST_CASE(there_is_nothing_to_claim_before_the_daemon) {
    BOOST_TEST((WorkerQueues::claim(directory).error().value() == ENOENT));
}

BOOST_AUTO_TEST_CASE(the_bell_rings_every_worker) {
    DaemonQueues daemon(directory, 2);
    auto first = WorkerQueues::claim(directory).value();
    auto second = WorkerQueues::claim(directory).value();
    BOOST_TEST(first.pair() == 0U);
    BOOST_TEST(second.pair() == 1U);
    BOOST_TEST(!is_readable(first.notification_descriptor()));

    daemon.ring({7, 8, FileId{9}});

    for (auto* worker : {&first, &second}) {
        BOOST_TEST(is_readable(worker->notification_descriptor()));
        const auto rung = worker->drain();
        BOOST_REQUIRE(rung);
        BOOST_TEST(rung->epoch == 7U);
        BOOST_TEST(rung->revision == 8U);
        BOOST_TEST(rung->file.value == 9U);
        BOOST_TEST(!worker->drain());
        BOOST_TEST(!is_readable(worker->notification_descriptor()));
    }
}

BOOST_AUTO_TEST_CASE(a_full_queue_is_no_error_and_keeps_the_oldest) {
    DaemonQueues daemon(directory, 1);
    auto worker = WorkerQueues::claim(directory).value();
    for (std::uint64_t revision = 1; revision <= 100; ++revision)
        daemon.ring({1, revision, {}});
    BOOST_TEST(worker.drain()->revision == 10U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_claims_what_nobody_heard_gets_the_newest_and_all_that_follows) {
    DaemonQueues daemon(directory, 1);
    for (std::uint64_t revision = 1; revision <= 20; ++revision)
        daemon.ring({1, revision, {}});
    auto worker = WorkerQueues::claim(directory).value();
    daemon.ring({1, 21, {}});

    BOOST_TEST(!daemon.receive(0));

    BOOST_TEST(worker.drain()->revision == 21U);
    daemon.ring({1, 22, {}});
    BOOST_TEST(worker.drain()->revision == 22U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_is_stopped_is_rung_again_once_it_has_read) {
    DaemonQueues daemon(directory, 1);
    auto worker = WorkerQueues::claim(directory).value();
    for (std::uint64_t revision = 1; revision <= 20; ++revision)
        daemon.ring({1, revision, {}});
    BOOST_TEST(worker.receive()->revision == 1U);
    BOOST_TEST(worker.drain()->revision == 10U);
    daemon.ring({1, 21, {}});
    BOOST_TEST(worker.drain()->revision == 21U);
}

BOOST_AUTO_TEST_CASE(requests_arrive_in_order_until_the_queue_is_full) {
    DaemonQueues daemon(directory, 1);
    auto worker = WorkerQueues::claim(directory).value();
    BOOST_TEST(!daemon.receive(0));  // that it is claimed
    Request request{5, RequestKind::want, std::vector<FileId>(request_files_max)};
    std::uint64_t sent = 0;
    request.files[0].value = sent;
    while (worker.send(request))
        request.files[0].value = ++sent;
    BOOST_TEST(sent == static_cast<std::uint64_t>(queue_messages_max));
    BOOST_TEST(is_readable(daemon.request_descriptor(0)));

    for (std::uint64_t i = 0; i < sent; ++i) {
        const auto received = daemon.receive(0);
        BOOST_REQUIRE(received);
        BOOST_TEST(received->files.size() == request_files_max);
        BOOST_TEST(received->files[0].value == i);
    }
    BOOST_TEST(!daemon.receive(0));
    BOOST_TEST(worker.send(request));
}

BOOST_AUTO_TEST_CASE(damaged_messages_are_dropped_and_counted) {
    DaemonQueues daemon(directory, 1);
    auto worker = WorkerQueues::claim(directory).value();
    const std::string requests = request_queue_name(directory.queue_prefix(), 0);
    const std::string bell = notification_queue_name(directory.queue_prefix(), 0);
    BOOST_TEST(send_raw(requests, ""));
    BOOST_TEST(send_raw(requests, std::string(1024, 'x')));
    BOOST_TEST(worker.send({1, RequestKind::in_use, {FileId{2}}}));
    BOOST_TEST(send_raw(requests, "junk"));
    BOOST_TEST((daemon.receive(0)->kind == RequestKind::in_use));
    BOOST_TEST(!daemon.receive(0));
    BOOST_TEST(daemon.damaged_requests() == 3U);

    BOOST_TEST(send_raw(bell, ""));
    BOOST_TEST(send_raw(bell, std::string(32, 'x')));
    BOOST_TEST(!worker.drain());
    daemon.ring({1, 3, {}});
    BOOST_TEST(send_raw(bell, "x"));
    BOOST_TEST(worker.drain()->revision == 3U);
}

BOOST_AUTO_TEST_CASE(a_pair_belongs_to_one_worker_until_it_dies) {
    DaemonQueues daemon(directory, 2);
    {
        const auto first = WorkerQueues::claim(directory).value();
        const auto second = WorkerQueues::claim(directory).value();
        BOOST_TEST(daemon.claimed() == 2U);
        BOOST_TEST((WorkerQueues::claim(directory).error() == Errc::no_free_queue_pair));
    }
    BOOST_TEST(daemon.claimed() == 0U);

    const pid_t worker = ::fork();
    if (worker == 0) {
        const auto claimed = WorkerQueues::claim(directory);
        while (claimed)
            ::pause();
        ::_exit(1);
    }
    BOOST_TEST(poll_until([&] {
        return daemon.claimed() == 1;
    }));
    ::kill(worker, SIGKILL);
    ::waitpid(worker, nullptr, 0);
    BOOST_TEST(daemon.claimed() == 0U);
}

BOOST_AUTO_TEST_CASE(a_claimed_queue_was_drained) {
    DaemonQueues daemon(directory, 1);
    daemon.ring({1, 1, {}});
    auto worker = WorkerQueues::claim(directory).value();
    BOOST_TEST(!worker.drain());
}

BOOST_AUTO_TEST_CASE(a_successor_adopts_the_queues_of_living_workers) {
    auto daemon = std::make_unique<DaemonQueues>(directory, 2);
    auto worker = WorkerQueues::claim(directory).value();
    daemon = std::make_unique<DaemonQueues>(directory, 2);
    BOOST_TEST(daemon->claimed() == 1U);
    BOOST_TEST(worker.still_current(directory));
    daemon->ring({1, 1, {}});
    BOOST_TEST(worker.drain().has_value());
}

BOOST_AUTO_TEST_CASE(pairs_that_nobody_serves_any_more_are_gone) {
    auto daemon = std::make_unique<DaemonQueues>(directory, 3);
    const auto first = WorkerQueues::claim(directory).value();
    const auto second = WorkerQueues::claim(directory).value();
    daemon = std::make_unique<DaemonQueues>(directory, 1);
    BOOST_TEST(first.still_current(directory));
    BOOST_TEST(!second.still_current(directory));
    BOOST_TEST((WorkerQueues::claim(directory).error() == Errc::no_free_queue_pair));
}

/// Its own claim would then stand in its way: whoever lacks descriptors knows nothing of the names.
BOOST_AUTO_TEST_CASE(a_pair_is_not_given_up_for_lack_of_descriptors) {
    const DaemonQueues daemon(directory, 1);
    const auto worker = WorkerQueues::claim(directory).value();
    rlimit before{};
    BOOST_TEST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const bool is_current = worker.still_current(directory);
    const auto other = WorkerQueues::claim(directory);
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);

    BOOST_TEST(is_current);
    BOOST_TEST((other.error() == system_error(EMFILE)));
    BOOST_TEST(worker.still_current(directory));
}

BOOST_AUTO_TEST_CASE(queues_of_another_shape_are_replaced_and_never_claimed) {
    const std::string bell = notification_queue_name(directory.queue_prefix(), 0);
    mq_attr attributes{};
    attributes.mq_maxmsg = 3;
    attributes.mq_msgsize = 64;
    ::mq_close(::mq_open(bell.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600, &attributes));
    BOOST_TEST((WorkerQueues::claim(directory).error() == Errc::damaged));

    DaemonQueues daemon(directory, 1);
    BOOST_TEST(WorkerQueues::claim(directory).has_value());
}

BOOST_AUTO_TEST_CASE(only_the_owner_may_use_private_queues_whatever_the_umask) {
    const mode_t before = ::umask(0777);
    DaemonQueues daemon(directory, 1);
    ::umask(before);
    BOOST_TEST(mode_of(notification_queue_name(directory.queue_prefix(), 0)) == 0600U);
    BOOST_TEST(mode_of(request_queue_name(directory.queue_prefix(), 0)) == 0600U);
}

BOOST_AUTO_TEST_CASE(instances_of_one_name_in_two_directories_have_queues_of_their_own) {
    const TemporaryDirectory base;
    const ObjectDirectory other = ObjectDirectory::create(base.path(), directory.instance());
    DaemonQueues daemon(directory, 1);
    DaemonQueues other_daemon(other, 1);
    auto worker = WorkerQueues::claim(directory).value();
    auto other_worker = WorkerQueues::claim(other).value();
    static_cast<void>(daemon.receive(0));  // that it was claimed
    static_cast<void>(other_daemon.receive(0));

    daemon.ring({1, 1, {}});
    BOOST_TEST(other_worker.send({1, RequestKind::want, {FileId{2}}}));

    BOOST_TEST(worker.drain().has_value());
    BOOST_TEST(!other_worker.drain());
    BOOST_TEST(!daemon.receive(0));
    BOOST_TEST(other_daemon.receive(0).has_value());
    BOOST_TEST(!remove_instance(base.path(), other));
    BOOST_TEST(!other_worker.still_current(other));
    BOOST_TEST(worker.still_current(directory));
}

BOOST_AUTO_TEST_CASE(however_the_directory_is_spelt_the_queues_are_the_same) {
    const TemporaryDirectory base;
    std::filesystem::create_directory(base / "real");
    std::filesystem::create_directory_symlink("real", base / "link");
    const auto prefix = [&](const std::string& directory_of) {
        return queue_prefix(1, base / directory_of, directory.instance());
    };

    for (const auto* const spelling : {"real/", "./real", "link", "link/../real"})
        BOOST_TEST(prefix(spelling) == prefix("real"));
    BOOST_TEST(prefix("") != prefix("real"));
}

BOOST_AUTO_TEST_SUITE_END()
