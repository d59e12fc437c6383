#include "daemon/open_files.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include <sys/inotify.h>

using namespace treecast::daemon;
using treecast::watcher::OpenersChange;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(open_files)

namespace {

const OpenFiles::Clock::time_point start = OpenFiles::Clock::time_point() + 1h;
const OpenersChange opened = OpenersChange::of(IN_OPEN);
const OpenersChange closed = OpenersChange::of(IN_CLOSE_WRITE);

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_is_open_until_as_many_closes_as_opens_were_seen) {
    OpenFiles files(10s);
    BOOST_TEST(!files.is_open("f", start));
    files.note("f", opened, start);
    files.note("f", opened, start);
    files.note("g", opened, start);
    files.note("f", closed, start);
    BOOST_TEST(files.is_open("f", start));
    files.note("f", closed, start);
    BOOST_TEST(!files.is_open("f", start));
    BOOST_TEST(files.is_open("g", start));
    BOOST_TEST(files.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_has_it_open_counts_until_the_open_limit_after_the_last_event) {
    OpenFiles files(10s);
    files.note("f", opened, start);
    files.note("f", OpenersChange::of(IN_MODIFY), start + 9s);
    BOOST_TEST(files.is_open("f", start + 18s));
    BOOST_TEST(!files.is_open("f", start + 19s));

    // The count begins again: this is somebody else.
    files.note("f", opened, start + 20s);
    files.note("f", closed, start + 20s);
    BOOST_TEST(!files.is_open("f", start + 20s));
}

BOOST_AUTO_TEST_CASE(those_who_have_a_file_open_can_be_forgotten) {
    OpenFiles files(10s);
    files.note("f", opened, start);
    files.forget("f");
    files.forget("g");
    BOOST_TEST(!files.is_open("f", start));
}

BOOST_AUTO_TEST_CASE(files_that_stay_open_are_not_remembered_for_ever) {
    OpenFiles files(10s);
    for (int i = 0; i < 10'000; ++i)
        files.note("f" + std::to_string(i), opened, start + std::chrono::seconds(i));
    BOOST_TEST(files.size() < 200U);
}

BOOST_AUTO_TEST_SUITE_END()
