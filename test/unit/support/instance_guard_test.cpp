#include "test/support/instance_guard.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

#include <sys/wait.h>

using namespace treecast;
using namespace treecast::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(instance_guard)

namespace {

/// The number of a process that is no more.
pid_t ended_process() {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_killed_test_has_left_is_removed_by_the_next_one) {
    const TemporaryDirectory base;
    const auto name = InstanceName::parse("test-" + std::to_string(ended_process()) + "-1").value();
    base.write(name.text() + "/segments/1", "content");
    const std::string prefix = ipc::queue_prefix(::geteuid(), base.path(), name);
    const std::string queue = ipc::request_queue_name(prefix, 1);
    mq_attr attributes{};
    attributes.mq_maxmsg = attributes.mq_msgsize = 1;
    const mqd_t made = ::mq_open(queue.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600, &attributes);
    BOOST_TEST_REQUIRE((made != -1));
    ::mq_close(made);

    const InstanceGuard next(Leftovers::are_errors, ::geteuid(), base.path());

    BOOST_TEST(!fs::exists(base / name.text()));
    BOOST_TEST(::mq_unlink(queue.c_str()) == -1);
}

BOOST_AUTO_TEST_CASE(what_others_have_is_left_to_them) {
    const TemporaryDirectory base;
    const InstanceGuard running(Leftovers::are_expected, ::geteuid(), base.path());
    const std::string other = "test-x-" + std::to_string(ended_process());
    base.write(running.name() + "/catalog", "1");
    base.write(other + "/catalog", "1");

    const InstanceGuard next(Leftovers::are_errors, ::geteuid(), base.path());

    BOOST_TEST(fs::exists(running.object_directory()));
    BOOST_TEST(fs::exists(base / other));
}

BOOST_AUTO_TEST_SUITE_END()
