#include "daemon/decide_announcement.hpp"

#include "test/unit/daemon/record_samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::daemon::record_samples;

BOOST_AUTO_TEST_SUITE(decide_announcement_)

BOOST_AUTO_TEST_CASE(every_observation_announces_what_it_should) {
    struct Row {
        const char* what;
        Record before;
        Observation now;
        Announcement expected;
    };
    const Row rows[] = {
        {"a new file", Record(), {.stat = stat_1}, Announcement::content},
        {"a new file that was read",
         Record(),
         {.stat = stat_1, .sha256 = hash_a},
         Announcement::content},
        {"an unread file as before", unread, {.stat = stat_1}, Announcement::nothing},
        {"an unread file of another time", unread, {.stat = later(2)}, Announcement::content},
        {"a hash learnt", unread, {.stat = stat_1, .sha256 = hash_a}, Announcement::record_only},
        {"a hash learnt of other bytes",
         unread,
         {.stat = later(2), .sha256 = hash_a},
         Announcement::content},
        {"the same bytes again",
         was_read,
         {.stat = stat_1, .sha256 = hash_a},
         Announcement::nothing},
        {"touched", was_read, {.stat = later(2), .sha256 = hash_a}, Announcement::record_only},
        {"other bytes", was_read, {.stat = later(2), .sha256 = hash_b}, Announcement::content},
        {"other bytes under the same stat",
         was_read,
         {.stat = stat_1, .sha256 = hash_b},
         Announcement::content},
        {"chmod", was_read, {.stat = with_mode(0755), .sha256 = hash_a}, Announcement::change},
        {"deleted", was_read, {.deleted = true}, Announcement::content},
        {"deleted, never known", Record(), {.deleted = true}, Announcement::nothing},
        {"deleted again", deleted(), {.deleted = true}, Announcement::nothing},
        {"back after a deletion, with its old bytes",
         deleted(),
         {.stat = stat_1, .sha256 = hash_a},
         Announcement::content},
        {"made private",
         was_read,
         {.unavailable = UnavailableReason::private_file, .stat = with_mode(0600)},
         Announcement::change},
        {"still private",
         private_one,
         {.unavailable = UnavailableReason::private_file, .stat = stat_1},
         Announcement::nothing},
        {"too large instead",
         private_one,
         {.unavailable = UnavailableReason::too_large, .stat = stat_1},
         Announcement::change},
        {"public, never read", private_one, {.stat = with_mode(0644)}, Announcement::content},
    };

    for (const Row& row : rows)
        BOOST_TEST((transition(row.before, row.now).announcement == row.expected), row.what);
}

BOOST_AUTO_TEST_CASE(the_same_bytes_are_those_of_the_hash_or_else_of_the_stat) {
    struct Row {
        const char* what;
        Record before;
        Observation now;
        bool expected;
    };
    const Row rows[] = {
        {"the same hash", was_read, {.stat = later(2), .sha256 = hash_a}, true},
        {"another hash", was_read, {.stat = stat_1, .sha256 = hash_b}, false},
        {"no hash where one is known", was_read, {.stat = stat_1}, false},
        {"the same stat", unread, {.stat = stat_1}, true},
        {"another stat", unread, {.stat = later(2)}, false},
        {"another mode", unread, {.stat = with_mode(0755)}, false},  // its ctime is another
        {"the stat of a file that was refused", private_one, {.stat = stat_1}, false},
        {"unreadable", was_read, {.stale = UnavailableReason::unreadable}, true},
        {"refused", was_read, {.unavailable = UnavailableReason::private_file}, true},
        {"deleted", was_read, {.deleted = true}, false},
    };

    for (const Row& row : rows)
        BOOST_TEST(has_same_bytes(row.before, row.now) == row.expected, row.what);
}

BOOST_AUTO_TEST_CASE(the_same_bytes_wake_only_those_who_wait_for_any_change) {
    Record other_mode = was_read;
    other_mode.mode = S_IFREG | 0755;
    Record other_time = was_read;
    other_time.mtime_ns += 1;
    const Observation same{.stat = stat_1, .sha256 = hash_a};

    BOOST_TEST((decide_announcement(was_read, was_read, same) == Announcement::nothing));
    BOOST_TEST((decide_announcement(was_read, other_time, same) == Announcement::record_only));
    BOOST_TEST((decide_announcement(was_read, other_mode, same) == Announcement::change));
    BOOST_TEST((decide_announcement(Record(), was_read, same) == Announcement::content));
}

BOOST_AUTO_TEST_SUITE_END()
