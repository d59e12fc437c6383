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

BOOST_AUTO_TEST_SUITE_END()
