#include "ipc/file_date.hpp"
#include "test/unit/daemon/record_samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::daemon::record_samples;

BOOST_AUTO_TEST_SUITE(transition_of_a_record)

BOOST_AUTO_TEST_CASE(a_file_that_comes_back_with_its_bytes_wakes_nobody_who_waits_for_content) {
    Record away =
        transition(was_read, {.unavailable = UnavailableReason::no_memory, .stat = stat_1}).record;
    away.change_revision = 150;

    const auto back = transition(away, {.stat = stat_1, .sha256 = hash_a});

    BOOST_TEST((back.announcement == Announcement::change));
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

BOOST_AUTO_TEST_CASE(a_date_that_another_version_may_have_had_is_not_the_record_s_own) {
    struct Row {
        std::int64_t mtime_ns;
        bool own;
    };
    const Row rows[] = {
        {1'000'000'000, false},  // of the second of the version before
        {1'999'999'999, false},
        {2'000'000'000, true},
        {999'999'999, false},  // restored: an earlier version may have had it
        {-1, false},
    };

    for (const Row& row : rows) {
        const auto result = transition(was_read, {.stat = later(row.mtime_ns), .sha256 = hash_b});
        BOOST_TEST(ipc::has_date_of_its_own(result.record) == row.own, row.mtime_ns);
    }
    BOOST_TEST(ipc::has_date_of_its_own(was_read));
}

BOOST_AUTO_TEST_CASE(the_dates_of_all_versions_count) {
    constexpr std::int64_t second = 1'000'000'000;
    struct Step {
        const char* what;
        Observation seen;
        bool own;
    };
    const Step steps[] = {
        {"first", {.stat = later(10 * second), .sha256 = hash_a}, true},
        {"touched", {.stat = later(12 * second), .sha256 = hash_a}, true},
        {"newer bytes", {.stat = later(15 * second), .sha256 = hash_b}, true},
        {"the date of the first", {.stat = later(10 * second), .sha256 = hash_a}, false},
        {"one in between", {.stat = later(12 * second), .sha256 = hash_b}, false},
        {"deleted", {.deleted = true}, false},
        {"back", {.stat = later(15 * second), .sha256 = hash_b}, false},
        {"newer than all", {.stat = later(16 * second), .sha256 = hash_a}, true},
        {"private",
         {.unavailable = UnavailableReason::private_file, .stat = later(16 * second)},
         true},
        {"public", {.stat = later(16 * second), .sha256 = hash_a}, true},
        {"touched back", {.stat = later(11 * second), .sha256 = hash_a}, false},
        {"and forth", {.stat = later(16 * second), .sha256 = hash_a}, false},
        {"other bytes of that date", {.stat = later(16 * second), .sha256 = hash_b}, false},
    };

    Record record;
    std::uint64_t revision = 0;
    for (const Step& step : steps) {
        record = transition(record, step.seen).record;
        record.change_revision = ++revision;
        BOOST_TEST(ipc::has_date_of_its_own(record) == step.own, step.what);
    }
}

BOOST_AUTO_TEST_CASE(a_date_that_nobody_was_sent_is_nobody_s) {
    const auto result = transition(unread, {.stat = stat_1, .sha256 = hash_a});
    Record learnt = result.record;
    learnt.change_revision = 100;

    BOOST_TEST(ipc::has_date_of_its_own(transition(unread, {.stat = later(1'500'000'001)}).record));
    BOOST_TEST(!ipc::has_date_of_its_own(transition(learnt, {.stat = later(1'500'000'001)}).record)
    );
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_stays_as_it_was_and_says_so) {
    const Observation sick{.stale = UnavailableReason::unreadable};
    const auto told = transition(was_read, sick);
    Record stale = told.record;
    stale.change_revision = 150;
    const auto again = transition(stale, sick);
    const auto other = transition(stale, {.stale = UnavailableReason::no_memory});
    const auto healed = transition(stale, {.stat = stat_1, .sha256 = hash_a});
    const auto changed = transition(stale, {.stat = later(2), .sha256 = hash_b});
    const auto gone = transition(stale, {.deleted = true});

    BOOST_TEST((told.announcement == Announcement::change));
    BOOST_TEST(ipc::is_stale(told.record));
    BOOST_TEST((told.record.state == FileState::present));
    BOOST_TEST(told.record.content_revision == was_read.content_revision);
    BOOST_TEST((told.record.sha256 == hash_a));
    BOOST_TEST((again.announcement == Announcement::nothing));
    BOOST_TEST((other.announcement == Announcement::record_only));
    BOOST_TEST((healed.announcement == Announcement::change));
    BOOST_TEST(!ipc::is_stale(healed.record));
    BOOST_TEST(healed.record.content_revision == 100);
    BOOST_TEST((changed.announcement == Announcement::content));
    BOOST_TEST(!ipc::is_stale(changed.record));
    BOOST_TEST((gone.record.reason == UnavailableReason::none));
}

BOOST_AUTO_TEST_CASE(only_what_is_served_can_be_stale) {
    const Observation sick{.stale = UnavailableReason::unreadable};
    for (const Record& record : {Record(), deleted(), private_one}) {
        const auto result = transition(record, sick);
        BOOST_TEST((result.announcement == Announcement::nothing));
        BOOST_TEST((result.record == record));
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_nobody_hashed_have_no_hash) {
    const auto result = transition(was_read, {.stat = later(2)});

    BOOST_TEST((result.announcement == Announcement::content));
    BOOST_TEST(!result.record.hash_known);
}

BOOST_AUTO_TEST_SUITE_END()
