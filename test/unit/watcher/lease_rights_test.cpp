#include "watcher/lease_rights.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(lease_rights)

BOOST_AUTO_TEST_CASE(who_owns_a_file_is_asked_for) {
    struct Row {
        LeaseRights rights;
        uid_t owner;
        bool reach;
    };
    for (const Row& row : {
             Row{LeaseRights::of_owner(7), 7, true},
             Row{LeaseRights::of_owner(7), 8, false},
             Row{LeaseRights::of_owner(0), 8, false},  // root without CAP_LEASE
             Row{LeaseRights::of_all(), 8, true},
             Row{LeaseRights::none(), 7, false},
             Row{LeaseRights::none(), 0, false},
         })
        BOOST_TEST(row.rights.reach(row.owner) == row.reach);
}

BOOST_AUTO_TEST_CASE(the_rights_are_those_that_the_kernel_grants) {
    const LeaseRights rights = LeaseRights::of_this_process();
    BOOST_TEST(rights.reach(::geteuid()));
    const int file = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);  // root's, on any system
    BOOST_TEST_REQUIRE(file >= 0);
    errno = 0;
    const bool granted = ::fcntl(file, F_SETLEASE, F_RDLCK) == 0;
    if (granted || errno == EACCES)
        BOOST_TEST(rights.reach(0) == granted);
    ::close(file);
}

BOOST_AUTO_TEST_SUITE_END()
