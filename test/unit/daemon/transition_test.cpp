#include "daemon/transition.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

BOOST_AUTO_TEST_SUITE(transition_of_a_record)

namespace {

using ipc::FileState;
using ipc::Record;
using ipc::UnavailableReason;

const Sha256 hash_a{1};
const Sha256 hash_b{2};
const watcher::FileStat stat_1{
    .device = 1,
    .inode = 10,
    .size = 5,
    .mtime_ns = 1'500'000'000,
    .ctime_ns = 1'500'000'000,
    .mode = S_IFREG | 0644,
    .links = 1,
};

watcher::FileStat later(std::int64_t mtime_ns) {
    watcher::FileStat stat = stat_1;
    stat.mtime_ns = mtime_ns;
    stat.ctime_ns = mtime_ns;
    return stat;
}

watcher::FileStat with_mode(std::uint32_t mode) {
    watcher::FileStat stat = later(1'600'000'000);
    stat.mtime_ns = stat_1.mtime_ns;
    stat.mode = S_IFREG | mode;
    return stat;
}

/// As the publisher leaves a record after a first publication.
Record published(const Observation& observation) {
    Record record = transition(Record(), observation).record;
    record.change_revision = 100;
    record.content_revision = 100;
    return record;
}

const Record unread = published({.stat = stat_1});
const Record read = published({.stat = stat_1, .sha256 = hash_a});
const Record private_one =
    published({.unavailable = UnavailableReason::private_file, .stat = stat_1});

Record deleted() {
    Record record = transition(read, {.deleted = true}).record;
    record.change_revision = 200;
    record.content_revision = 200;
    return record;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_observation_announces_what_it_should) {
    struct Row {
        const char* what;
        Record before;
        Observation now;
        Announce expected;
    };
    const Row rows[] = {
        {"a new file", Record(), {.stat = stat_1}, Announce::content},
        {"a new file that was read",
         Record(),
         {.stat = stat_1, .sha256 = hash_a},
         Announce::content},
        {"an unread file as before", unread, {.stat = stat_1}, Announce::nothing},
        {"an unread file of another time", unread, {.stat = later(2)}, Announce::content},
        {"a hash learnt", unread, {.stat = stat_1, .sha256 = hash_a}, Announce::record_only},
        {"a hash learnt of other bytes",
         unread,
         {.stat = later(2), .sha256 = hash_a},
         Announce::content},
        {"the same bytes again", read, {.stat = stat_1, .sha256 = hash_a}, Announce::nothing},
        {"touched", read, {.stat = later(2), .sha256 = hash_a}, Announce::record_only},
        {"other bytes", read, {.stat = later(2), .sha256 = hash_b}, Announce::content},
        {"other bytes under the same stat",
         read,
         {.stat = stat_1, .sha256 = hash_b},
         Announce::content},
        {"chmod", read, {.stat = with_mode(0755), .sha256 = hash_a}, Announce::change},
        {"deleted", read, {.deleted = true}, Announce::content},
        {"deleted, never known", Record(), {.deleted = true}, Announce::nothing},
        {"deleted again", deleted(), {.deleted = true}, Announce::nothing},
        {"back after a deletion, with its old bytes",
         deleted(),
         {.stat = stat_1, .sha256 = hash_a},
         Announce::content},
        {"made private",
         read,
         {.unavailable = UnavailableReason::private_file, .stat = with_mode(0600)},
         Announce::change},
        {"still private",
         private_one,
         {.unavailable = UnavailableReason::private_file, .stat = stat_1},
         Announce::nothing},
        {"too large instead",
         private_one,
         {.unavailable = UnavailableReason::too_large, .stat = stat_1},
         Announce::change},
        {"public, never read", private_one, {.stat = with_mode(0644)}, Announce::content},
    };

    for (const Row& row : rows)
        BOOST_TEST((transition(row.before, row.now).announce == row.expected), row.what);
}

BOOST_AUTO_TEST_CASE(a_file_that_comes_back_with_its_bytes_wakes_nobody_who_waits_for_content) {
    Record away =
        transition(read, {.unavailable = UnavailableReason::no_memory, .stat = stat_1}).record;
    away.change_revision = 150;

    const auto back = transition(away, {.stat = stat_1, .sha256 = hash_a});

    BOOST_TEST((back.announce == Announce::change));
    BOOST_TEST(back.record.content_revision == 100);
    BOOST_TEST((back.record.state == FileState::present));
    BOOST_TEST((back.record.reason == UnavailableReason::none));
}

BOOST_AUTO_TEST_CASE(a_deletion_forgets_bytes_and_hash) {
    const Record record = deleted();

    BOOST_TEST((record.state == FileState::deleted));
    BOOST_TEST(!record.hash_known);
    BOOST_TEST(record.size == 0);
    BOOST_TEST((record.sha256 == Sha256{}));
}

BOOST_AUTO_TEST_CASE(versions_within_one_second_are_marked) {
    struct Row {
        std::int64_t mtime_ns;
        bool same_second;
    };
    const Row rows[] = {
        {1'000'000'000, true},
        {1'999'999'999, true},
        {2'000'000'000, false},
        {999'999'999, false},
        {-1, false},
    };

    for (const Row& row : rows) {
        const auto result = transition(read, {.stat = later(row.mtime_ns), .sha256 = hash_b});
        BOOST_TEST(result.record.same_second == row.same_second, row.mtime_ns);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_nobody_hashed_have_no_hash) {
    const auto result = transition(read, {.stat = later(2)});

    BOOST_TEST((result.announce == Announce::content));
    BOOST_TEST(!result.record.hash_known);
}

BOOST_AUTO_TEST_SUITE_END()
