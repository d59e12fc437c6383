#include "daemon/writer_patience.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;
using namespace treecast::watcher;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writer_patience)

namespace {

const Clock::time_point now = Clock::time_point() + 1h;
constexpr Clock::duration open_limit = 10s;

FileStat changed_ago(std::chrono::nanoseconds time, std::uint64_t size = 1) {
    const auto changed = std::chrono::system_clock::now().time_since_epoch() - time;
    return {.size = size, .ctime_ns = std::chrono::nanoseconds(changed).count()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_writer_is_suspected_until_it_closes_the_file) {
    BOOST_TEST(!suspects_writer({}));
    BOOST_TEST(suspects_writer({.created = true}));
    BOOST_TEST(suspects_writer({.modified = true}));
    BOOST_TEST(suspects_writer({.arrived = true, .modified = true}));
    BOOST_TEST(!suspects_writer({.created = true, .modified = true, .closed = true}));
    BOOST_TEST(!suspects_writer({.arrived = true}));
    BOOST_TEST(!suspects_writer({.attributes = true}));
}

BOOST_AUTO_TEST_CASE(whoever_has_a_file_open_counts_once_it_was_written_to) {
    BOOST_TEST(!may_have_writer({}, true));
    BOOST_TEST(!may_have_writer({.closed = true}, true));
    BOOST_TEST(!may_have_writer({.arrived = true}, true));
    BOOST_TEST(!may_have_writer({.arrived = true, .created = true}, true));
    BOOST_TEST(may_have_writer({.modified = true, .closed = true}, true));
    BOOST_TEST(!may_have_writer({.modified = true, .closed = true}, false));
    BOOST_TEST(may_have_writer({.created = true, .closed = true}, true));
    BOOST_TEST(may_have_writer({.modified = true}, false));
}

BOOST_AUTO_TEST_CASE(what_was_renamed_into_place_is_whole_as_long_as_nobody_writes_to_it) {
    Work work;
    BOOST_TEST(!came_whole(work));
    work.signs.arrived = true;
    BOOST_TEST(came_whole(work));
    work.signs.modified = true;
    BOOST_TEST(!came_whole(work));
}

BOOST_AUTO_TEST_CASE(quiet_is_counted_from_the_last_event_and_the_last_change) {
    Work work;
    BOOST_TEST((quiet_left(work, changed_ago(11s), open_limit, now) <= 0s));
    BOOST_TEST((quiet_left(work, changed_ago(4s), open_limit, now) > 5s));
    work.writer_since = now - 20s;
    work.modified_last = now - 3s;
    BOOST_TEST((quiet_left(work, changed_ago(11s), open_limit, now) == 7s));
}

BOOST_AUTO_TEST_CASE(a_writer_that_never_closes_is_stuck_after_the_limit_or_six_if_the_file_grows) {
    Work work;
    BOOST_TEST(!is_stuck(work, open_limit, now));
    work.writer_since = now - 9s;
    BOOST_TEST(!is_stuck(work, open_limit, now));
    work.writer_since = now - 11s;
    BOOST_TEST(is_stuck(work, open_limit, now));
    work.grown_last = now - 1s;
    BOOST_TEST(!is_stuck(work, open_limit, now));
    work.writer_since = now - 60s;
    BOOST_TEST(is_stuck(work, open_limit, now));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_believed_only_after_it_has_been_empty_for_a_while) {
    Work work;
    BOOST_TEST((emptied_left(work, 1, now) <= 0s));
    BOOST_TEST((emptied_left(work, 0, now) == 1s));
    BOOST_TEST((emptied_left(work, 0, now + 400ms) == 600ms));
    BOOST_TEST((emptied_left(work, 5, now + 500ms) <= 0s));
    BOOST_TEST((emptied_left(work, 0, now + 600ms) == 1s));
    work.signs.arrived = true;
    BOOST_TEST((emptied_left(work, 0, now + 700ms) <= 0s));
}

BOOST_AUTO_TEST_SUITE_END()
