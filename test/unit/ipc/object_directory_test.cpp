#include "ipc/daemon_queues.hpp"
#include "test/support/needs.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(object_directory)

namespace {

mode_t mode_of(const std::string& path) {
    struct stat status {};
    BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

InstanceName instance() {
    return *InstanceName::parse("tested");
}

/// The message with which a base is refused; empty if it is taken.
std::string refusal(const std::string& base) {
    try {
        ObjectDirectory::create(base, instance());
        return {};
    } catch (const StartupError& error) {
        BOOST_TEST((error.code() == ExitCode::configuration));
        return error.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_is_private_whatever_the_umask) {
    for (const mode_t mask : {mode_t{0}, mode_t{077}, mode_t{0777}}) {
        const TemporaryDirectory base;
        const mode_t before = ::umask(mask);
        const auto made = ObjectDirectory::create(base.path(), instance());
        const auto lock = lock_instance(made);
        ::umask(before);

        BOOST_TEST(mode_of(made.path()) == 0700U);
        BOOST_TEST(mode_of(made.path() + "/daemon.lock") == 0600U);
        BOOST_TEST(made.object_mode() == 0600U);
        BOOST_TEST(made.owner() == ::geteuid());
        const auto opened = ObjectDirectory::open(base.path(), instance());
        BOOST_REQUIRE(opened);
        BOOST_TEST(opened->path() == base.path() + "/tested");
        BOOST_TEST((opened->instance() == instance()));
    }
}

BOOST_AUTO_TEST_CASE(a_setgid_base_shares_with_its_group) {
    const TemporaryDirectory base;
    BOOST_REQUIRE(::chmod(base.path().c_str(), 02755) == 0);
    const mode_t before = ::umask(077);
    const auto made = ObjectDirectory::create(base.path(), instance());
    const CatalogWriter catalog(made);
    ::umask(before);

    BOOST_TEST(mode_of(made.path()) == 02750U);
    BOOST_TEST(mode_of(made.path() + "/catalog") == 0640U);
    BOOST_TEST(made.object_mode() == 0640U);
    BOOST_TEST(ObjectDirectory::open(base.path(), instance())->object_mode() == 0640U);
}

BOOST_AUTO_TEST_CASE(what_others_may_write_or_is_no_directory_is_refused) {
    const TemporaryDirectory base;
    const std::string path = base / "tested";

    BOOST_TEST(contains(refusal(base / "missing"), "No such file"));
    ::chmod(base.path().c_str(), 0777);
    BOOST_TEST(contains(refusal(base.path()), "may be written by others"));
    BOOST_TEST((ObjectDirectory::open(base.path(), instance()).error().value() == ENOENT));
    ::chmod(base.path().c_str(), 0755);

    std::ofstream(path) << "a file";
    BOOST_TEST(contains(refusal(base.path()), "is no directory"));
    ::unlink(path.c_str());
    std::filesystem::create_directory(base / "elsewhere");
    BOOST_REQUIRE(::symlink((base / "elsewhere").c_str(), path.c_str()) == 0);
    BOOST_TEST(contains(refusal(base.path()), "is a symbolic link"));
    BOOST_TEST(ObjectDirectory::open(base.path(), instance()).has_error());
    ::unlink(path.c_str());

    ::mkdir(path.c_str(), 0700);
    ::chmod(path.c_str(), 0720);
    BOOST_TEST(contains(refusal(base.path()), "may be written by others"));
    BOOST_TEST((ObjectDirectory::open(base.path(), instance()).error() == Errc::writable_by_others)
    );
    ::chmod(path.c_str(), 0700);
    BOOST_TEST(refusal(base.path()).empty());
}

BOOST_AUTO_TEST_CASE(what_another_user_owns_is_refused_by_name, *needs(need::other_users())) {
    const TemporaryDirectory base;
    BOOST_REQUIRE(::chown(base.path().c_str(), 65533, 65533) == 0);
    BOOST_TEST(contains(refusal(base.path()), "belongs to user 65533"));
    BOOST_REQUIRE(::chown(base.path().c_str(), 0, 0) == 0);

    ::mkdir((base / "tested").c_str(), 0700);
    BOOST_REQUIRE(::chown((base / "tested").c_str(), 65533, 65533) == 0);
    BOOST_TEST(contains(refusal(base.path()), "belongs to user 65533"));

    // Root's base is trusted, another user's only for what is that user's own.
    BOOST_TEST(ObjectDirectory::open(base.path(), instance()).has_value());
    BOOST_REQUIRE(::chown(base.path().c_str(), 65532, 65532) == 0);
    BOOST_TEST((ObjectDirectory::open(base.path(), instance()).error() == Errc::foreign_owner));
}

BOOST_AUTO_TEST_CASE(an_instance_has_one_daemon) {
    const ObjectFixture fixture;
    auto lock = lock_instance(fixture.directory);
    BOOST_REQUIRE(lock);
    BOOST_TEST((lock_instance(fixture.directory).error() == Errc::already_running));
    lock->reset();
    BOOST_TEST(lock_instance(fixture.directory).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_a_removed_instance) {
    const InstanceGuard guard;  // looks for leftovers
    const auto made = ObjectDirectory::create(guard.base(), guard.instance());
    const auto lock = lock_instance(made);
    const CatalogWriter catalog(made);
    const DaemonQueues queues(made, 3);
    std::ofstream(made.path() + "/of-another-version") << "x";

    BOOST_TEST(!remove_instance(guard.base(), made));
    BOOST_TEST(!std::filesystem::exists(made.path()));
    BOOST_TEST(!remove_instance(guard.base(), made));
    BOOST_TEST((lock_instance(made).error().value() == ENOENT));
}

// The last to go takes the directory above along, in which another has just begun.
BOOST_AUTO_TEST_CASE(instances_come_and_go_at_the_same_time) {
    const std::array<InstanceGuard, 2> guards;
    const auto come_and_go = [](const InstanceGuard& guard) {
        for (int i = 0; i < 2000; ++i) {
            const auto made = ObjectDirectory::create(guard.base(), guard.instance());
            if (const ErrorCode error = remove_instance(guard.base(), made))
                throw boost::system::system_error(error);
        }
    };
    auto other = std::async(std::launch::async, come_and_go, std::cref(guards[0]));
    BOOST_CHECK_NO_THROW(come_and_go(guards[1]));
    BOOST_CHECK_NO_THROW(other.get());
}

BOOST_AUTO_TEST_CASE(removal_goes_on_after_an_error_and_tells_the_first) {
    const TemporaryDirectory base;
    const auto made = ObjectDirectory::create(base.path(), instance());
    std::filesystem::create_directories(made.path() + "/a/b");
    const CatalogWriter catalog(made);

    BOOST_TEST((remove_instance(base.path(), made).value() == EISDIR));
    BOOST_TEST(!std::filesystem::exists(made.path() + "/catalog"));
}

BOOST_AUTO_TEST_SUITE_END()
