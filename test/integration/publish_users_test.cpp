// Daemon and proxy as two users under umask 077: the proxy's user reads what it serves and fills
// its own request queue, and can do nothing else.
#include "ipc/daemon_queues.hpp"
#include "ipc/queue_names.hpp"
#include "ipc/segment_reader.hpp"
#include "ipc/segment_writer.hpp"
#include "ipc/worker_queues.hpp"
#include "test/support/needs.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/poll_until.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <grp.h>
#include <string>

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(publish_users, *needs(need::other_users()))

namespace {

// Nobody's ids; the daemon's user is a member of the proxy's group, as sysusers.d sets it up.
constexpr uid_t daemon_user = 64721;
constexpr uid_t proxy_user = 64722;
constexpr gid_t proxy_group = 64722;
constexpr uid_t stranger = 64723;

void become(uid_t user, std::vector<gid_t> groups) {
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setresgid(user, user, user) != 0 ||
        ::setresuid(user, user, user) != 0)
        ::_exit(99);
    ::umask(077);
}

/// The exit status of `act` in a process of that user: 0, or the number of what failed.
int as_user(uid_t user, std::vector<gid_t> groups, const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        become(user, std::move(groups));
        int status = 98;
        try {
            status = act();
        } catch (const std::exception& error) {
            ::write(2, error.what(), std::string_view(error.what()).size());
        }
        ::_exit(status);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/// A setgid base of root's, as tmpfiles.d makes it, and a daemon in it that runs until the end.
class Service {
public:
    Service() {
        char name[] = "/dev/shm/treecast-test-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name));
        base = name;
        BOOST_REQUIRE(::chown(name, daemon_user, proxy_group) == 0);
        BOOST_REQUIRE(::chmod(name, 02750) == 0);
        BOOST_REQUIRE(::pipe2(ready_, O_CLOEXEC) == 0);
        daemon_ = ::fork();
        if (daemon_ == 0)
            run_daemon();
        char byte = 0;
        ::close(ready_[1]);
        is_ready = ::read(ready_[0], &byte, 1) == 1;
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service() {
        ::close(ready_[0]);
        ::kill(daemon_, SIGKILL);
        ::waitpid(daemon_, nullptr, 0);
        const int removed = as_user(daemon_user, {proxy_group}, [&] {
            const auto directory = ObjectDirectory::open(base, instance);
            return directory && !remove_instance(base, *directory) ? 0 : 1;
        });
        BOOST_TEST(removed == 0);
        BOOST_TEST(::rmdir(base.c_str()) == 0);
    }

    InstanceName instance = *InstanceName::parse("users-" + std::to_string(::getpid()));
    std::string base;
    bool is_ready = false;

private:
    [[noreturn]] void run_daemon() {
        become(daemon_user, {proxy_group});
        const auto directory = ObjectDirectory::create(base, instance);
        const UniqueFd lock = lock_instance(directory).value();
        CatalogWriter catalog(directory);
        DaemonQueues queues(directory, 2);
        const FileId file = catalog.find_or_make("file").value();
        auto segment = SegmentWriter::create(directory, 1).value();
        CatalogPublication publication(catalog, 0);
        Record record = present_record(publication.revision(), 5);
        record.resident = true;
        if (segment.write("bytes", 5) || segment.publish(file, record.content_revision))
            ::_exit(1);
        publication.announce(file, record);
        publication.commit();
        ::write(ready_[1], "r", 1);
        for (;;) {
            queues.ring({catalog.epoch(), record.change_revision, file});
            while (queues.receive(0))  // whom it does not hear of it does not ring for ever
                continue;
            ::usleep(1000);
        }
    }

    int ready_[2] = {-1, -1};
    pid_t daemon_ = -1;
};

bool refused(int result) {
    return result < 0 && (errno == EACCES || errno == EPERM);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_proxys_user_reads_and_requests) {
    const Service service;
    BOOST_REQUIRE(service.is_ready);

    const int failed = as_user(proxy_user, {}, [&] {
        const auto directory = ObjectDirectory::open(service.base, service.instance);
        if (!directory)
            return 1;
        const auto catalog = CatalogReader::attach(*directory);
        if (!catalog || !catalog->daemon_alive())
            return 2;
        const auto found = catalog->find("file");
        if (!found || !open_segment(*directory, found->file, found->record))
            return 3;
        auto queues = WorkerQueues::claim(*directory);
        if (!queues)
            return 4;
        if (!poll_until([&] {
                return queues->drain().has_value();
            }))
            return 5;
        if (!queues->send({catalog->epoch(), RequestKind::want, {found->file}}))
            return 6;
        return queues->still_current(*directory) ? 0 : 7;
    });

    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(the_proxys_user_can_do_nothing_else) {
    const Service service;
    BOOST_REQUIRE(service.is_ready);

    const int failed = as_user(proxy_user, {}, [&] {
        const auto directory = ObjectDirectory::open(service.base, service.instance);
        const int at = directory->descriptor();
        const auto found = CatalogReader::attach(*directory)->find("file");
        const std::string segment = [&] {
            char name[64];
            std::snprintf(
                name,
                sizeof name,
                "%016llx.%016llx",
                static_cast<unsigned long long>(found->file.value),
                static_cast<unsigned long long>(found->record.content_revision)
            );
            return std::string(name);
        }();
        int number = 0;
        for (const std::string& name : {std::string("catalog"), segment}) {
            for (const int access : {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC}) {
                ++number;
                if (!refused(::openat(at, name.c_str(), access | O_CLOEXEC)))
                    return number;
            }
            ++number;
            if (!refused(::unlinkat(at, name.c_str(), 0)) ||
                !refused(::renameat(at, name.c_str(), at, "other")) ||
                !refused(::fchmodat(at, name.c_str(), 0666, 0)))
                return number;
        }
        ++number;
        if (!refused(::openat(at, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) ||
            !refused(::mkdirat(at, "new", 0700)))
            return number;
        ++number;
        if (!refused(::openat(at, "daemon.lock", O_RDONLY | O_CLOEXEC)))
            return number;
        const std::string bell = notification_queue_name(directory->queue_prefix(), 0);
        const std::string requests = request_queue_name(directory->queue_prefix(), 0);
        ++number;
        if (!refused(::mq_open(bell.c_str(), O_WRONLY | O_CLOEXEC)) ||
            !refused(::mq_open(requests.c_str(), O_RDONLY | O_CLOEXEC)))
            return number;
        ++number;
        if (!refused(::mq_unlink(bell.c_str())) || !refused(::mq_unlink(requests.c_str())))
            return number;
        ++number;
        return lock_instance(*directory).has_error() ? 0 : number;
    });

    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(a_stranger_sees_nothing_and_squats_nothing) {
    const Service service;
    BOOST_REQUIRE(service.is_ready);

    const int failed = as_user(stranger, {}, [&] {
        if (ObjectDirectory::open(service.base, service.instance).error().value() != EACCES)
            return 1;
        const std::string prefix = queue_prefix(daemon_user, service.base, service.instance);
        const std::string bell = notification_queue_name(prefix, 0);
        if (!refused(::mq_open(bell.c_str(), O_RDONLY | O_CLOEXEC)))
            return 2;
        return 0;
    });

    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(a_queue_name_taken_by_another_user_is_named) {
    const InstanceName instance = *InstanceName::parse("squat-" + std::to_string(::getpid()));
    const std::string base = private_object_base(daemon_user);
    const std::string prefix = queue_prefix(daemon_user, base, instance);
    const std::string bell = notification_queue_name(prefix, 0);
    const int squatted = as_user(stranger, {}, [&] {
        ::umask(0);
        return ::mq_open(bell.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644, nullptr) < 0;
    });
    BOOST_TEST(squatted == 0);

    const int failed = as_user(daemon_user, {}, [&] {
        const auto directory = ObjectDirectory::create(base, instance);
        int status = 1;
        try {
            const DaemonQueues queues(directory, 1);
        } catch (const StartupError& error) {
            const std::string what = error.what();
            status = what.find(std::to_string(stranger)) == std::string::npos ? 2 : 0;
        }
        static_cast<void>(remove_instance(base, directory));
        return status;
    });

    BOOST_TEST(failed == 0);
    ::mq_unlink(bell.c_str());
    ::mq_unlink(request_queue_name(prefix, 0).c_str());
    BOOST_TEST(::access(base.c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(a_daemon_outside_the_group_is_told_so) {
    char name[] = "/dev/shm/treecast-test-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(name));
    const std::string base = name;
    BOOST_REQUIRE(::chown(name, daemon_user, proxy_group) == 0);
    BOOST_REQUIRE(::chmod(name, 02750) == 0);

    const int failed = as_user(daemon_user, {}, [&] {
        try {
            ObjectDirectory::create(base, *InstanceName::parse("x"));
            return 1;
        } catch (const StartupError& error) {
            return std::string(error.what()).find("member") == std::string::npos ? 2 : 0;
        }
    });

    BOOST_TEST(failed == 0);
    ::rmdir((base + "/x").c_str());
    BOOST_TEST(::rmdir(name) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
