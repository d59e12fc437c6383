#include "watcher/directory_health.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(directory_health)

namespace {

constexpr DirectoryId a = 1;
constexpr DirectoryId b = 4;

enum class Before { nothing, was_read, read_by_predecessor };

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_is_lost_if_it_may_hold_what_nobody_sees) {
    struct Row {
        Before before;
        int error;
        bool is_lost;
    };
    const Row rows[] = {
        {Before::nothing, 0, false},
        {Before::nothing, EACCES, false},
        {Before::nothing, EPERM, false},
        {Before::nothing, ENODATA, false},
        {Before::nothing, EIO, true},
        {Before::nothing, EMFILE, true},
        {Before::nothing, ENODEV, true},
        {Before::was_read, 0, false},
        {Before::was_read, EACCES, true},
        {Before::was_read, EPERM, true},
        {Before::was_read, ENODATA, true},
        {Before::was_read, EIO, true},
        {Before::read_by_predecessor, 0, false},
        {Before::read_by_predecessor, EACCES, true},
        {Before::read_by_predecessor, ENODATA, true},
        {Before::read_by_predecessor, EIO, true},
    };
    for (const Row& row : rows) {
        DirectoryHealth health;
        if (row.before == Before::was_read)
            health.set_device(a, 3);
        if (row.before == Before::read_by_predecessor)
            health.expect_readable(a);

        health.set_error(a, row.error);

        BOOST_TEST_CONTEXT(static_cast<int>(row.before) << ' ' << row.error) {
            BOOST_TEST(health.is_expected(a) == (row.before != Before::nothing));
            BOOST_TEST(health.lost().contains(a) == row.is_lost);
            BOOST_TEST(health.error(a) == row.error);
            BOOST_TEST(health.has_trouble() == (row.error != 0));
            health.set_error(a, 0);
            BOOST_TEST(health.lost().empty());
            BOOST_TEST(!health.has_trouble());
        }
    }
}

BOOST_AUTO_TEST_CASE(one_error_follows_another) {
    DirectoryHealth health;
    health.set_error(a, EIO);
    BOOST_TEST(health.lost().contains(a));
    health.set_error(a, EACCES);
    BOOST_TEST(!health.lost().contains(a));
    BOOST_TEST(health.has_trouble());
    health.expect_readable(a);
    BOOST_TEST(health.lost().contains(a));
}

BOOST_AUTO_TEST_CASE(directories_without_a_watch_are_counted_once) {
    DirectoryHealth health;
    health.set_unwatched(a, true);
    health.set_unwatched(a, true);
    health.set_unwatched(b, true);
    BOOST_TEST(health.unwatched_count() == 2U);
    BOOST_TEST(health.troubled() == (std::vector{a, b}), boost::test_tools::per_element());

    health.set_unwatched(a, false);
    health.set_unwatched(a, false);

    BOOST_TEST(health.unwatched_count() == 1U);
    BOOST_TEST(health.troubled() == std::vector{b}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_at_its_place_has_no_trouble_but_stays_known) {
    DirectoryHealth health;
    health.set_device(a, 3);
    health.set_error(a, EIO);
    health.set_unwatched(a, true);

    health.end_trouble(a);

    BOOST_TEST(!health.has_trouble());
    BOOST_TEST(health.lost().empty());
    BOOST_TEST(health.troubled().empty());
    BOOST_TEST(health.device(a) == 3U);
    health.forget(a);
    BOOST_TEST(!health.is_expected(a));
}

BOOST_AUTO_TEST_SUITE_END()
