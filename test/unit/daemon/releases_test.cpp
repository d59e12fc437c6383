#include "daemon/releases.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;

BOOST_AUTO_TEST_SUITE(releases)

namespace {

using Ids = std::vector<ReleaseId>;
const Clock::time_point begin{};

}  // namespace

BOOST_AUTO_TEST_CASE(what_lies_at_or_below_an_exchanged_path_belongs_to_it) {
    Releases open;
    const ReleaseId links = open.open({"a/b", "c"}, begin);

    BOOST_TEST(open.find("a/b") == links);
    BOOST_TEST(open.find("a/b/d/e") == links);
    BOOST_TEST(open.find("c/f") == links);
    BOOST_TEST(open.find("a") == no_release);
    BOOST_TEST(open.find("a/bc") == no_release);
    const ReleaseId root = open.open({""}, begin);
    BOOST_TEST(open.find("a") == root);
    BOOST_TEST(open.find("a/b") == root);
}

BOOST_AUTO_TEST_CASE(it_is_complete_once_no_member_is_left_and_all_directories_are_read) {
    Releases open;
    WorkList works;
    const ReleaseId id = open.open({"a"}, begin);
    works.join(works.note("a/1", {}), id);
    works.join(works.note("a/2", {}), id);
    BOOST_TEST(works.members(id) == 2u);

    BOOST_TEST((open.take_complete(works, false, begin) == Ids{}));
    works.finish(*works.find("a/1"), begin);
    works.leave(*works.find("a/2"));
    BOOST_TEST((open.take_complete(works, true, begin) == Ids{}));
    BOOST_TEST((open.take_complete(works, false, begin) == Ids{id}));
    BOOST_TEST(!open.any());
}

BOOST_AUTO_TEST_CASE(patience_ends_it_in_any_case) {
    Releases open;
    WorkList works;
    const ReleaseId id = open.open({}, begin);
    works.join(works.note("f", {}), id);

    BOOST_TEST((open.earliest_end() == begin + Releases::patience));
    BOOST_TEST((open.take_complete(works, true, begin + Releases::patience) == Ids{id}));
    BOOST_TEST(!open.earliest_end().has_value());
}

BOOST_AUTO_TEST_CASE(a_member_of_one_release_does_not_join_another) {
    WorkList works;
    Work& work = works.note("f", {});
    works.join(work, 1);
    works.join(work, 2);
    works.join(work, no_release);

    BOOST_TEST(works.members(1) == 1u);
    BOOST_TEST(works.members(2) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
