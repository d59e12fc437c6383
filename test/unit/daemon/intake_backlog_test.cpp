// Large listings and directories that are gone are taken in steps, between which other things are
// seen of the same files.
#include "test/unit/daemon/intake_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

namespace {

constexpr int files = 3000;
watcher::Listing large_listing(const std::string& directory) {
    watcher::Listing listing{
        .directory = directory,
        .complete = true,
        .files = {},
        .directories = {}};
    for (int i = 0; i < files; ++i)
        listing.files.push_back(
            {"f" + std::to_string(i), IntakeFixture::stat_of(1000 + static_cast<unsigned>(i))}
        );
    return listing;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(intake_backlog, IntakeFixture)

BOOST_AUTO_TEST_CASE(a_large_listing_is_taken_in_steps_and_a_small_one_elsewhere_at_once) {
    intake.take(batch_of(large_listing("big")), {now});
    intake.take(
        batch_of(
            {.directory = "small",
             .complete = true,
             .files = {{"f", stat_of(1)}},
             .directories = {}}
        ),
        {now}
    );
    publisher.flush(now);
    BOOST_TEST(is_published("small/f"));
    BOOST_TEST(!is_published("big/f0"));

    intake.work_off({now}, now);
    publisher.flush(now);
    BOOST_TEST(is_published("big/f0"));
    BOOST_TEST(!is_published("big/f2999"));
    work_off_all();
    BOOST_TEST(is_published("big/f2999"));
}

BOOST_AUTO_TEST_CASE(who_looked_at_a_file_since_it_was_listed_knows_better) {
    intake.take(batch_of(large_listing("big")), {now});
    // An event told of it, and it was found to be gone.
    works.finish(works.note("big/f2000", {.gone = true}), now);
    work_off_all();

    BOOST_TEST(!is_published("big/f2000"));
    BOOST_TEST((works.find("big/f2000") != nullptr));
    BOOST_TEST(is_published("big/f2001"));
    BOOST_TEST(works.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_looked_at_a_file_while_its_directory_was_read_knows_better) {
    intake.follow_reading("big");
    works.finish(works.note("big/f2000", {.gone = true}), now);
    intake.take(batch_of(large_listing("big")), {now});
    intake.follow_reading(std::nullopt);
    work_off_all();

    BOOST_TEST(!is_published("big/f2000"));
    BOOST_TEST((works.find("big/f2000") != nullptr));
    BOOST_TEST(!works.was_finished("big/f2000"));  // forgotten with the listing
}

BOOST_AUTO_TEST_CASE(a_file_of_several_names_is_looked_at) {
    watcher::Listing listing = large_listing("big");
    listing.files[5].stat.links = 2;
    intake.take(batch_of(std::move(listing)), {now});
    work_off_all();

    BOOST_TEST(!is_published("big/f5"));
    BOOST_TEST((works.find("big/f5") != nullptr));
}

BOOST_AUTO_TEST_CASE(what_was_listed_before_a_mount_is_looked_at) {
    intake.take(batch_of(large_listing("big")), {now});
    watcher::Batch mounted;
    mounted.doubtful.emplace_back("big");
    intake.take(std::move(mounted), {now});
    work_off_all();

    BOOST_TEST(works.size() == static_cast<std::size_t>(files));
    BOOST_TEST(!is_published("big/f0"));
}

BOOST_AUTO_TEST_CASE(the_listing_of_a_directory_that_is_gone_is_void) {
    intake.take(batch_of(large_listing("above/big")), {now});
    intake.work_off({now}, now);
    publisher.flush(now);
    BOOST_TEST_REQUIRE(is_published("above/big/f0"));
    watcher::Batch gone;
    gone.gone_directories.emplace_back("above");
    intake.take(std::move(gone), {now});
    work_off_all();

    BOOST_TEST((works.find("above/big/f0") != nullptr));
    BOOST_TEST(!is_published("above/big/f2999"));
}

BOOST_AUTO_TEST_CASE(a_large_directory_that_is_gone_is_looked_at_in_steps) {
    intake.take(batch_of(large_listing("big")), {now});
    work_off_all();
    watcher::Batch gone;
    gone.gone_directories.emplace_back("big");
    intake.take(std::move(gone), {now});
    intake.work_off({now}, now);
    BOOST_TEST(works.size() < 1000U);

    work_off_all();
    BOOST_TEST(works.size() == static_cast<std::size_t>(files));
    BOOST_TEST((catalog.read(catalog.find("big").value()).state != ipc::FileState::directory));
}

BOOST_AUTO_TEST_CASE(a_newer_listing_waits_for_the_one_before_it) {
    intake.take(batch_of(large_listing("big")), {now});
    watcher::Listing second{.directory = "big", .complete = true, .files = {}, .directories = {}};
    second.files.push_back({"f0", stat_of(1000)});
    intake.take(batch_of(std::move(second)), {now});
    work_off_all();

    BOOST_TEST((works.find("big/f0") == nullptr));
    BOOST_TEST(works.size() == static_cast<std::size_t>(files - 1));  // are they still there?
}

BOOST_AUTO_TEST_CASE(a_directory_that_was_listed_since_is_not_lost) {
    publish_file("big/new/f", 1);  // an event told of it before its listing came
    intake.take(batch_of(large_listing("big")), {now});
    intake.take(
        batch_of(
            {.directory = "big/new",
             .complete = true,
             .files = {{"f", stat_of(1)}},
             .directories = {}}
        ),
        {now}
    );
    work_off_all();

    BOOST_TEST(is_published("big/new/f"));
    BOOST_TEST((works.find("big/new/f") == nullptr));
    BOOST_TEST((catalog.read(catalog.find("big/new").value()).state == ipc::FileState::directory));
}

BOOST_AUTO_TEST_SUITE_END()
