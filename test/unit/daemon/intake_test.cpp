// What comes in becomes work, and belongs to the group of what was exchanged.
#include "test/unit/daemon/intake_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

BOOST_FIXTURE_TEST_SUITE(intake_, IntakeFixture)

BOOST_AUTO_TEST_CASE(a_content_that_is_wanted_meanwhile_belongs_to_the_open_group) {
    publish_file("link/f", 1);
    publish_file("other/f", 2);
    const GroupId group = groups.open({"link"}, now);
    for (const std::string path : {"link/f", "other/f"})
        intake.take(
            {.epoch = catalog.epoch(),
             .kind = ipc::RequestKind::want,
             .files = {*catalog.find(path)}},
            {now}
        );
    BOOST_TEST(works.find("link/f")->membership.group() == group);
    BOOST_TEST(works.find("other/f")->membership.group() == no_group);
}

BOOST_AUTO_TEST_CASE(a_content_that_is_outdated_before_it_was_published_is_wanted_again) {
    const auto hold_content = [&](const std::string& path) {
        publish_file(path, 1);
        const GroupId group = groups.open({path}, now);
        publisher.add(path, {.stat = stat_of(2)}, *ipc::SegmentWriter::create(directory, 1), group);
        BOOST_TEST_REQUIRE(publisher.holds_content_of(path));
    };
    const auto is_wanted = [&](const std::string& path) {
        const Work* const work = works.find(path);
        return work != nullptr && work->is_wanted;
    };
    hold_content("link");
    watcher::Batch event;
    event.changes.push_back({.path = "link", .signs = {.created = true}, .openers = {}});
    intake.take(std::move(event), {now});
    BOOST_TEST(is_wanted("link"));

    hold_content("d/f");
    intake.take(
        batch_of(
            {.directory = "d",
             .complete = true,
             .files = {{"f", stat_of(1)}},  // it has come to be what it was
             .directories = {}}
        ),
        {now}
    );
    BOOST_TEST(is_wanted("d/f"));
    BOOST_TEST(!publisher.holds_content_of("d/f"));
}

BOOST_AUTO_TEST_SUITE_END()
