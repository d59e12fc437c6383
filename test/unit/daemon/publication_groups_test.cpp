#include "daemon/publication_groups.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::daemon;

BOOST_AUTO_TEST_SUITE(publication_groups)

namespace {

const Clock::time_point begin{};
constexpr PublicationGroups::ToCome directories{.directories = true};
constexpr PublicationGroups::ToCome events{.events = true};

std::vector<std::string> paths_of(const FindingSet& findings) {
    std::vector<std::string> paths;
    findings.for_each_below("", [&](const std::string& path, const auto&) {
        paths.push_back(path);
    });
    return paths;
}

bool hold(PublicationGroups& groups, GroupId group, const std::string& path) {
    Finding finding{path, {.deleted = true}};
    return groups.hold(group, finding);
}

using Paths = std::vector<std::string>;

struct WithSegments : test::ObjectFixture {
    /// Files a/0, a/1 and so on, each with a loaded content.
    void fill(PublicationGroups& groups, GroupId group, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            Finding finding{
                "a/" + std::to_string(i),
                {},
                *ipc::SegmentWriter::create(directory, ++loads)};
            BOOST_TEST(groups.hold(group, finding));
        }
    }
    std::uint64_t loads = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_lies_at_or_below_an_exchanged_path_belongs_to_it) {
    PublicationGroups groups;
    const GroupId links = groups.open({"a/b", "c"}, begin);

    BOOST_TEST(groups.group_of("a/b") == links);
    BOOST_TEST(groups.group_of("a/b/d/e") == links);
    BOOST_TEST(groups.group_of("c/f") == links);
    BOOST_TEST(groups.group_of("a") == no_group);
    BOOST_TEST(groups.group_of("a/bc") == no_group);
    const GroupId root = groups.open({""}, begin);
    BOOST_TEST(groups.group_of("a") == root);
    BOOST_TEST(groups.group_of("a/b") == root);
}

BOOST_AUTO_TEST_CASE(what_is_exchanged_again_stays_one_group) {
    const struct {
        Paths first;
        Paths second;
        bool is_one;
    } rows[] = {
        {{"a"}, {"a"}, true},
        {{"a"}, {"b", "a"}, true},
        {{"a"}, {"a/b"}, true},
        {{"a/b"}, {"a"}, true},
        {{"a/b"}, {""}, true},
        {{""}, {"a"}, true},
        {{"a"}, {"b"}, false},
        {{"a"}, {"ab"}, false},
        {{}, {"a"}, false},
        {{"a"}, {}, false},
    };
    for (const auto& row : rows) {
        PublicationGroups groups;
        const GroupId first = groups.open(row.first, begin);
        GroupMembership pending;
        groups.join(pending, first);
        BOOST_TEST(hold(groups, first, "looked at before"));

        const GroupId second = groups.open(row.second, begin + std::chrono::seconds(1));

        BOOST_TEST((second == first) == row.is_one);
        for (const std::string& path : row.second)
            BOOST_TEST(groups.group_of(path) == second);
        // Whose patience is that of its first exchange.
        BOOST_TEST((groups.earliest_end() == begin + PublicationGroups::patience));
    }
}

BOOST_AUTO_TEST_CASE(groups_whose_paths_are_exchanged_together_become_one) {
    PublicationGroups groups;
    const GroupId first = groups.open({"a"}, begin);
    const GroupId other = groups.open({"o"}, begin);
    const GroupId second = groups.open({"b"}, begin + std::chrono::seconds(1));
    GroupMembership of_first;
    GroupMembership of_second;
    groups.join(of_first, first);
    groups.join(of_second, second);
    BOOST_TEST(hold(groups, first, "a/1"));
    BOOST_TEST(hold(groups, second, "b/1"));
    BOOST_TEST(hold(groups, other, "o/1"));

    const GroupId both = groups.open({"a", "b", "c"}, begin + std::chrono::seconds(2));

    for (const std::string path : {"a/x", "b/x", "c/x"})
        BOOST_TEST(groups.group_of(path) == both);
    BOOST_TEST(of_first.group() == both);
    BOOST_TEST(of_second.group() == both);
    const auto others = groups.take_complete({}, begin);
    BOOST_TEST_REQUIRE(others.size() == 1U);
    BOOST_TEST((paths_of(others.front()) == Paths{"o/1"}));
    BOOST_TEST((groups.earliest_end() == begin + PublicationGroups::patience));
    of_second.end();
    BOOST_TEST(groups.take_complete({}, begin).empty());
    BOOST_TEST(hold(groups, of_first.group(), "a/2"));
    of_first.end();
    const auto complete = groups.take_complete({}, begin);
    BOOST_TEST_REQUIRE(complete.size() == 1U);
    BOOST_TEST((paths_of(complete.front()) == Paths{"a/1", "a/2", "b/1"}));
    BOOST_TEST(!groups.any());
}

BOOST_FIXTURE_TEST_CASE(one_that_is_published_in_parts_gets_nothing_more, WithSegments) {
    PublicationGroups groups;
    const GroupId first = groups.open({"a"}, begin);
    fill(groups, first, PublicationGroups::segments_max + 1);
    BOOST_TEST(!hold(groups, first, "a/more"));
    BOOST_TEST(groups.open({"a"}, begin) != first);
}

BOOST_FIXTURE_TEST_CASE(only_what_it_holds_counts_for_its_limits, WithSegments) {
    PublicationGroups groups;
    const GroupId group = groups.open({"a"}, begin);
    for (int i = 0; i < 3; ++i)
        fill(groups, group, PublicationGroups::segments_max);
    groups.withdraw("a/0");
    BOOST_TEST(hold(groups, group, "a/more"));
    const auto complete = groups.take_complete({}, begin);
    BOOST_TEST_REQUIRE(complete.size() == 1U);
    BOOST_TEST(complete.front().size() == PublicationGroups::segments_max);
    BOOST_TEST(complete.front().segments() == PublicationGroups::segments_max - 1);
}

BOOST_AUTO_TEST_CASE(it_is_complete_once_no_member_is_left_and_all_directories_are_read) {
    PublicationGroups groups;
    const GroupId group = groups.open({"a"}, begin);
    GroupMembership first;
    GroupMembership second;
    groups.join(first, group);
    groups.join(second, group);
    BOOST_TEST(hold(groups, group, "a/2"));
    BOOST_TEST(hold(groups, group, "a/1"));

    first.end();
    BOOST_TEST(groups.take_complete({}, begin).empty());
    {
        const GroupMembership moved = std::move(second);
        BOOST_TEST(moved.group() == group);
        BOOST_TEST(groups.take_complete({}, begin).empty());
    }
    BOOST_TEST(groups.take_complete(directories, begin).empty());
    const auto complete = groups.take_complete({}, begin);
    BOOST_TEST_REQUIRE(complete.size() == 1U);
    BOOST_TEST((paths_of(complete.front()) == Paths{"a/1", "a/2"}));
    BOOST_TEST(!groups.any());
}

BOOST_AUTO_TEST_CASE(events_that_do_not_end_keep_it_open_for_a_while_only) {
    constexpr auto patience = PublicationGroups::patience_for_events;
    constexpr std::chrono::milliseconds moment{1};
    PublicationGroups groups;
    const GroupId group = groups.open({"a"}, begin);
    BOOST_TEST(hold(groups, group, "a/1"));
    auto now = begin;
    BOOST_TEST(groups.take_complete(events, now).empty());
    now += patience - moment;
    BOOST_TEST(groups.take_complete(events, now).empty());
    {
        GroupMembership member;  // whom one of them brought
        groups.join(member, group);
        BOOST_TEST(groups.take_complete(events, now += moment).empty());
    }
    // It was looked at, so what is in the queue now may concern it again.
    BOOST_TEST(groups.take_complete(events, now).empty());
    BOOST_TEST(groups.take_complete(events, now + patience - moment).empty());
    BOOST_TEST(groups.take_complete(events, now + patience).size() == 1U);
    BOOST_TEST(!groups.any());
    // It does not wait for more where all are processed.
    BOOST_TEST(hold(groups, groups.open({"a"}, now), "a/1"));
    BOOST_TEST(groups.take_complete(events, now).empty());
    BOOST_TEST(groups.take_complete({}, now).size() == 1U);
}

BOOST_AUTO_TEST_CASE(patience_ends_it_in_any_case) {
    PublicationGroups groups;
    const GroupId group = groups.open({}, begin);
    GroupMembership member;
    groups.join(member, group);
    BOOST_TEST(hold(groups, group, "f"));

    BOOST_TEST((groups.earliest_end() == begin + PublicationGroups::patience));
    BOOST_TEST(groups.take_complete(directories, begin + PublicationGroups::patience).size() == 1U);
    BOOST_TEST(!groups.earliest_end().has_value());
    BOOST_TEST(!hold(groups, member.group(), "g"));  // follows by itself
}

BOOST_AUTO_TEST_CASE(a_member_of_one_group_does_not_join_another) {
    PublicationGroups groups;
    const GroupId first = groups.open({}, begin);
    const GroupId second = groups.open({}, begin);
    GroupMembership member;
    groups.join(member, no_group);
    BOOST_TEST(member.group() == no_group);
    groups.join(member, first);
    groups.join(member, second);
    groups.join(member, no_group);

    BOOST_TEST(member.group() == first);
    member.end();
    groups.join(member, 7);  // never was
    BOOST_TEST(member.group() == no_group);
}

BOOST_AUTO_TEST_CASE(what_is_held_back_is_known_and_can_be_withdrawn) {
    PublicationGroups groups;
    const GroupId group = groups.open({"a"}, begin);
    BOOST_TEST(hold(groups, group, "a/1"));
    BOOST_TEST(hold(groups, group, "a/d/2"));
    BOOST_TEST(hold(groups, group, "ab"));
    BOOST_TEST(!hold(groups, no_group, "c"));
    Paths held;
    groups.for_each_held_below("a", [&](const std::string& path, const auto&) {
        held.push_back(path);
    });
    BOOST_TEST((held == Paths{"a/1", "a/d/2"}));

    groups.withdraw("a/1");
    const auto complete = groups.take_complete({}, begin);
    BOOST_TEST_REQUIRE(complete.size() == 1U);
    BOOST_TEST((paths_of(complete.front()) == Paths{"a/d/2", "ab"}));
}

BOOST_AUTO_TEST_CASE(a_group_that_found_nothing_is_closed_and_not_handed_over) {
    PublicationGroups groups;
    groups.open({"a"}, begin);
    BOOST_TEST(groups.take_complete({}, begin).empty());
    BOOST_TEST(!groups.any());
}

BOOST_AUTO_TEST_SUITE_END()
