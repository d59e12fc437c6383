#include "daemon/backlog.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

BOOST_AUTO_TEST_SUITE(backlog)

namespace {

BacklogJob job_of(const std::string& directory, bool is_listing) {
    BacklogJob job;
    job.directory = directory;
    if (is_listing)
        job.listing.emplace().directory = directory;
    return job;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_job_concerns_its_directory_and_those_above_and_below) {
    Backlog backlog;
    backlog.push(job_of("a/b", true));

    for (const char* directory : {"", "a", "a/b", "a/b/c"})
        BOOST_TEST(backlog.concerns(directory), directory);
    for (const char* directory : {"a/bc", "b", "a/c"})
        BOOST_TEST(!backlog.concerns(directory), directory);
}

BOOST_AUTO_TEST_CASE(listings_at_and_below_a_directory_are_dropped_and_what_is_gone_stays) {
    Backlog backlog;
    backlog.push(job_of("a/b", true));
    backlog.push(job_of("a/b", false));
    backlog.push(job_of("a/bc", true));
    backlog.push(job_of("a", true));

    BOOST_TEST((backlog.drop_listings("a/b") == std::vector<std::string>{"a/b"}));
    BOOST_TEST(!backlog.front().listing);
    BOOST_TEST(backlog.size() == 3U);
    BOOST_TEST(backlog.drop_listings("").size() == 2U);
    BOOST_TEST(backlog.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_listed_itself_is_noted_in_the_listing_above) {
    Backlog backlog;
    backlog.push(job_of("a", true));

    backlog.note_listed("a/b");
    backlog.note_listed("a/b/c");
    backlog.note_listed("");

    BOOST_TEST(backlog.front().directories_since.size() == 1U);
    BOOST_TEST(backlog.front().directories_since.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_listing_whose_filesystem_may_be_another_is_doubtful) {
    Backlog backlog;
    backlog.push(job_of("a/b", true));

    backlog.doubt("b");
    BOOST_TEST(!backlog.front().is_doubtful);
    backlog.doubt("a");
    BOOST_TEST(backlog.front().is_doubtful);
}

BOOST_AUTO_TEST_SUITE_END()
