#include "test/e2e/saves_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(saves)

using namespace treecast::test::saves_cases;

BOOST_FIXTURE_TEST_CASE(linked_over_by_ln, Fixture) {
    save("ln -f $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(written_through_another_name_in_the_tree, Fixture) {
    save("ln f dir/second");
    serving.sync();
    save("cat $OUT/new >dir/second");
    expect_only(new_content);
    BOOST_TEST(serving.get("dir/second").body == new_content);
}

// What is written through a name that is not known yet, or no more when it is told, is told under
// that name alone.
BOOST_FIXTURE_TEST_CASE(written_through_another_name_that_was_renamed_just_before, Fixture) {
    save("ln f dir/second");
    serving.sync();
    save_unseen("mv dir/second dir/third; cat $OUT/new >dir/third");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(written_through_another_name_that_was_renamed_just_after, Fixture) {
    save("ln f dir/second");
    serving.sync();
    save_unseen("mv dir/second dir/third; cat $OUT/new >dir/third; mv dir/third fourth");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(written_through_another_name_while_it_was_called_otherwise, Fixture) {
    save("ln f dir/second");
    serving.sync();
    save_unseen("mv dir/second dir/third; cat $OUT/new >dir/third; mv dir/third dir/second");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(written_through_another_name_while_its_directory_was_elsewhere, Fixture) {
    save("ln f dir/second");
    serving.sync();
    save_unseen("mv dir away; cat $OUT/new >away/second; mv away dir");
    expect_only(new_content);
}

BOOST_AUTO_TEST_CASE(written_through_another_name_outside_the_tree) {
    const TemporaryDirectory outside;
    PairOfPrograms programs;
    programs.tree().write("f", old_content);
    BOOST_TEST_REQUIRE((::link((programs.tree() / "f").c_str(), (outside / "f").c_str()) == 0));
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const Follower follower(programs.server(), "f", version_of(programs.get("f")));

    outside.write("f", new_content);

    BOOST_TEST(follower.wait_for(new_content));
    BOOST_TEST(follower.seen().size() == 1);
}

// No event tells of a name that is made outside; the next look at the file does.
BOOST_FIXTURE_TEST_CASE(
    written_through_another_name_that_was_made_outside_the_tree_later,
    Fixture
) {
    save("ln f $OUT/f; touch f");
    serving.sync();

    outside.write("f", new_content);

    expect_only(new_content);
}

// A name that went before its file was published stands for no name that is left.
BOOST_FIXTURE_TEST_CASE(written_through_another_name_after_one_that_was_never_published, Fixture) {
    UniqueFd file(::open((serving.tree() / "early").c_str(), O_WRONLY | O_CREAT, 0644));
    BOOST_TEST_REQUIRE((::write(file.get(), "half", 4) == 4));
    save("ln early $OUT/second");
    serving.sync();
    save("mv early late");
    file.reset();
    serving.sync();
    BOOST_TEST(serving.get("late").body == "half");

    outside.write("second", new_content);

    BOOST_TEST(poll_until([&] {
        return serving.get("late").body == new_content;
    }));
}

BOOST_FIXTURE_TEST_CASE(written_through_a_name_that_was_removed, Fixture) {
    save("echo -n first >early; ln early late; ln early last");
    serving.sync();
    UniqueFd file(::open((serving.tree() / "early").c_str(), O_WRONLY | O_APPEND));
    save("rm early");
    serving.sync();

    BOOST_TEST_REQUIRE((::write(file.get(), " and second", 11) == 11));
    file.reset();

    // Nobody has read it: only its stat is news.
    const auto is_told = [&](const std::string& name) {
        const std::string told = http_get(serving.server(), "/v1/changes?prefix=" + name).body;
        return told.find("\"size\":16,") != told.npos;
    };
    BOOST_TEST(poll_until([&] {
        return is_told("late") && is_told("last");
    }));
}

BOOST_FIXTURE_TEST_CASE(written_without_a_name_and_linked, Fixture) {
    const Follower of_new(serving.server(), "made");
    UniqueFd file(::open(serving.tree().path().c_str(), O_TMPFILE | O_WRONLY, 0644));
    BOOST_TEST_REQUIRE(static_cast<bool>(file));
    BOOST_TEST_REQUIRE((::fchmod(file.get(), 0644) == 0));
    BOOST_TEST_REQUIRE(
        (::write(file.get(), new_content.data(), new_content.size()) == std::ssize(new_content))
    );
    serving.sync();
    BOOST_TEST(of_new.seen().empty());

    const std::string by_descriptor = "/proc/self/fd/" + std::to_string(file.get());
    const std::string made = serving.tree() / "made";
    BOOST_TEST_REQUIRE(
        (::linkat(AT_FDCWD, by_descriptor.c_str(), AT_FDCWD, made.c_str(), AT_SYMLINK_FOLLOW) == 0)
    );

    // Its writer closes it afterwards, as those do who link what they wrote; no event tells.
    file.reset();
    BOOST_TEST(of_new.wait_for(new_content));
    BOOST_TEST(of_new.seen().size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
