#include "test/e2e/directories_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(directories)

using namespace treecast::test::directories_cases;

BOOST_FIXTURE_TEST_CASE(directories_and_a_file_made_in_one_breath, Fixture) {
    auto poll = serving.poll("9/a/b/c/file", "wait=60");
    run("for i in 0 1 2 3 4 5 6 7 8 9; do mkdir -p $i/a/b/c; echo $i >$i/a/b/c/file; done");

    BOOST_TEST(poll.receive().body == "9\n");
    expect_the_tree();
    BOOST_TEST(listed_files(serving.server()).size() == 11);
}

BOOST_FIXTURE_TEST_CASE(a_populated_directory_renamed_into_the_tree, Fixture) {
    run("mkdir -p $OUT/d/e; echo one >$OUT/d/f; echo two >$OUT/d/e/f");
    auto poll = serving.poll("d/e/f", "wait=60");
    run("mv $OUT/d d");

    BOOST_TEST(poll.receive().body == "two\n");
    expect_the_tree();
    auto news = poll_for_news("d/e/f");
    run("echo three >d/e/f");
    BOOST_TEST(news.receive().body == "three\n");
}

BOOST_FIXTURE_TEST_CASE(a_populated_directory_renamed_out_of_the_tree, Fixture) {
    run("mkdir -p d/e; echo one >d/f; echo two >d/e/f");
    serving.sync();
    const Follower follower(serving.server(), "d/e/f", version_of(serving.get("d/e/f")));
    run("mv d $OUT/d; echo unseen >$OUT/d/e/f");

    BOOST_TEST(follower.wait_for_status(404));
    expect_the_tree();
    BOOST_TEST(follower.seen().size() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_populated_directory_renamed_within_the_tree, Fixture) {
    run("mkdir -p d/e x; echo one >d/f; echo two >d/e/f");
    serving.sync();
    auto gone = poll_for_news("d/e/f");
    auto come = serving.poll("x/y/e/f", "wait=60");
    run("mv d x/y");

    BOOST_TEST(come.receive().body == "two\n");
    BOOST_TEST(gone.receive().status == 404);
    expect_the_tree();
}

BOOST_FIXTURE_TEST_CASE(
    a_directory_deleted_and_made_again_at_once_announces_what_differs,
    Patient
) {
    run("mkdir -p d/e; echo same >d/e/same; echo one >d/e/other; echo gone >d/gone");
    serving.sync();
    auto same = poll_for_news("d/e/same");
    auto other = poll_for_news("d/e/other");
    auto gone = poll_for_news("d/gone");
    run("cp -r d $OUT/d; echo two >$OUT/d/e/other; rm $OUT/d/gone; rm -r d; mv $OUT/d d");

    BOOST_TEST(other.receive().body == "two\n");
    BOOST_TEST(gone.receive().status == 404);
    expect_the_tree();
    BOOST_TEST(!same.has_answer());
    run("echo changed >d/e/same");
    BOOST_TEST(same.receive().body == "changed\n");
}

BOOST_FIXTURE_TEST_CASE(a_directory_replaced_by_a_file_and_back, Fixture) {
    run("mkdir d; echo one >d/f");
    serving.sync();
    auto inside = poll_for_news("d/f");
    run("rm -r d; echo file >d");
    BOOST_TEST(inside.receive().status == 404);
    BOOST_TEST(poll_until([&] {
        return serving.get("d").body == "file\n";
    }));
    expect_the_tree();

    auto file = poll_for_news("d");
    run("rm d; mkdir d; echo two >d/f");
    BOOST_TEST(file.receive().status == 404);
    expect_the_tree();
    BOOST_TEST(serving.get("d/f").body == "two\n");
}

BOOST_FIXTURE_TEST_CASE(a_directory_replaced_by_a_link_and_back, VeryPatient) {
    run("mkdir d other; echo one >d/f; echo two >other/f");
    serving.sync();
    const Follower follower(serving.server(), "d/f", version_of(serving.get("d/f")));
    run("mv d $OUT/d; ln -s other d");
    BOOST_TEST(follower.wait_for("two\n"));
    run("rm d; mv $OUT/d d");
    BOOST_TEST(follower.wait_for("one\n"));

    for (const auto& seen : follower.seen())
        BOOST_TEST(seen.status == 200);
    expect_the_tree();
}

BOOST_FIXTURE_TEST_CASE(copied_by_cp_r, Fixture) {
    run("mkdir -p $OUT/d/a/b $OUT/d/c; for i in 1 2 3 4 5 6 7 8 9; do"
        "  echo $i >$OUT/d/a/b/$i; echo $i >$OUT/d/c/$i; done");
    run("cp -r $OUT/d d; cp -r d e; mv e d/c/d");

    expect_the_tree();
    BOOST_TEST(serving.get("d/c/d/a/b/9").body == "9\n");
}

BOOST_FIXTURE_TEST_CASE(unpacked_by_tar, VeryPatient) {
    run("mkdir -p $OUT/d/a/b; for i in 1 2 3 4 5 6 7 8 9; do echo $i >$OUT/d/a/b/$i;"
        "  echo $i >$OUT/d/$i; done; chmod 755 $OUT/d/5; ln $OUT/d/1 $OUT/d/one;"
        "  tar -C $OUT -cf $OUT/t.tar d");
    run("tar -xf $OUT/t.tar");
    expect_the_tree();

    // Over what is there: unlinks, writes anew, and sets mode and an mtime of the past.
    const Follower follower(serving.server(), "d/a/b/7", version_of(serving.get("d/a/b/7")));
    run("echo changed >$OUT/d/a/b/7; touch -d 2001-01-01 $OUT/d/a/b/7; tar -C $OUT -cf $OUT/t.tar "
        "d;"
        "  tar -xf $OUT/t.tar");
    BOOST_TEST(follower.wait_for("changed\n"));
    expect_the_tree();
    for (const auto& seen : follower.seen())
        BOOST_TEST(seen.status == 200);
}

BOOST_FIXTURE_TEST_CASE(switched_between_branches_by_git, Patient) {
    const std::string git =
        "git() { command git -c init.defaultBranch=one -c user.name=t -c user.email=t@example.com "
        "\"$@\" >/dev/null 2>&1; }; export HOME=$OUT GIT_CONFIG_NOSYSTEM=1; ";
    run(git +
        "git init .; mkdir -p a/b only1; echo same >a/same; echo one >a/b/f; echo x >only1/f;"
        "  echo file >kind; git add .; git commit -m one;"
        "  git checkout -b two; echo two >a/b/f; git rm -r only1; mkdir only2; echo x >only2/f;"
        "  git rm kind; mkdir kind; echo y >kind/f; git add .; git commit -m two; git checkout one"
    );
    serving.sync();
    auto same = poll_for_news("a/same");
    const Follower follower(serving.server(), "a/b/f", version_of(serving.get("a/b/f")));

    run(git + "git checkout two");
    BOOST_TEST(follower.wait_for("two\n"));
    expect_the_tree();
    run(git + "git checkout one");
    BOOST_TEST(follower.wait_for("one\n"));
    run(git + "git checkout two; git checkout one; git checkout two");
    BOOST_TEST(follower.wait_for("two\n"));
    expect_the_tree();

    BOOST_TEST(!same.has_answer());
    for (const auto& seen : follower.seen())
        BOOST_TEST((seen.status == 200 && (seen.body == "one\n" || seen.body == "two\n")));
}

// What npm does, without npm: packages are unpacked into a staging directory beside, file by file,
// each is renamed into place, the one before it is renamed away and removed, links go into .bin.
BOOST_FIXTURE_TEST_CASE(installed_as_npm_does, Fixture) {
    const std::string install =
        "install() { for p in a b @s/c; do n=node_modules/$p; s=node_modules/.$(basename $p)-XYZ;"
        "  mkdir -p $s/lib node_modules/.bin $(dirname $n); echo \"{$1}\" >$s/package.json;"
        "  for i in 1 2 3 4 5; do echo $i $1 >$s/lib/$i.js; done; chmod 755 $s/lib/1.js;"
        "  if [ -e $n ]; then mv $n $n.old; fi; mv $s $n; rm -rf $n.old;"
        "  ln -sf ../$p/lib/1.js node_modules/.bin/tool; done; echo $1 >lock.json; }; ";
    run(install + "install 1");
    expect_the_tree();
    const Follower follower(
        serving.server(),
        "node_modules/@s/c/lib/5.js",
        version_of(serving.get("node_modules/@s/c/lib/5.js"))
    );

    run(install + "install 2; install 3");

    BOOST_TEST(follower.wait_for("5 3\n"));
    expect_the_tree();
    for (const auto& seen : follower.seen())  // it may be gone for a while, between two renames
        BOOST_TEST((seen.status == 404 || seen.body == "5 2\n" || seen.body == "5 3\n"));
    run("rm -r node_modules");
    BOOST_TEST(follower.wait_for_status(404));
    expect_the_tree();
}

BOOST_FIXTURE_TEST_CASE(a_hundred_levels_deep, Fixture) {
    std::string deep = "d";
    for (int i = 1; i < 100; ++i)
        deep += "/d";
    auto poll = serving.poll(deep + "/f", "wait=60");

    serving.tree().write(deep + "/f", "deep");

    BOOST_TEST(poll.receive().body == "deep");
    auto gone = poll_for_news(deep + "/f");
    run("mv d/d/d $OUT/d");
    BOOST_TEST(gone.receive().status == 404);
    expect_the_tree();
}

BOOST_AUTO_TEST_SUITE_END()
