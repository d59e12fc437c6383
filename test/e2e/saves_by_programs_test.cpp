#include "test/e2e/saves_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(saves)

using namespace treecast::test::saves_cases;

BOOST_FIXTURE_TEST_CASE(replaced_by_a_rename_in_the_same_directory, Fixture) {
    save("cp $OUT/new f.new; mv f.new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(replaced_by_a_rename_from_another_directory, Fixture) {
    save("cp $OUT/new dir/f.new; mv dir/f.new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(replaced_by_a_rename_from_outside_the_tree, Fixture) {
    save("mv $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(written_in_place, Fixture) {
    save("cat $OUT/new >f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(truncated_then_written_slowly, Fixture) {
    save("(sleep 0.1; echo one; sleep 0.3; echo two; sleep 0.1) >f");
    expect_only("one\ntwo\n");
}

BOOST_FIXTURE_TEST_CASE(a_slow_command_into_a_new_file_is_seen_when_it_is_through, Fixture) {
    const Follower of_new(serving.server(), "made");
    save("(sleep 0.1; echo one; sleep 0.3; echo two; sleep 0.1) >made");

    BOOST_TEST(of_new.wait_for("one\ntwo\n"));
    BOOST_TEST(of_new.seen().size() == 1);
    BOOST_TEST(follower.seen().empty());
}

BOOST_FIXTURE_TEST_CASE(appended_line_by_line_with_the_file_kept_open, Fixture) {
    std::atomic<bool> stop{false};
    std::string final = old_content;
    std::thread writer([&] {
        const UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        for (int i = 0; !stop; ++i) {
            const std::string line = "line " + std::to_string(i) + '\n';
            final += line;
            if (::write(file.get(), line.data(), line.size()) < 0)
                break;
            std::this_thread::sleep_for(100us);
        }
    });

    // The writer does not pause: it is delivered all the same.
    const bool delivered = poll_until([&] {
        return follower.seen().size() >= 3;
    });

    stop = true;
    writer.join();
    BOOST_TEST(delivered);
    BOOST_TEST(follower.wait_for(final));
    std::string before = old_content;
    for (const auto& seen : follower.seen()) {
        BOOST_TEST(seen.status == 200);
        BOOST_TEST(seen.body.starts_with(before));
        before = seen.body;
    }
}

BOOST_FIXTURE_TEST_CASE(copied_over_by_cp, Fixture) {
    save("cp $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(installed_by_install, Graceful) {
    save("install -m 644 $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(opened_to_others_when_it_is_written, Graceful) {
    save("cp $OUT/new .new; chmod 600 .new; mv .new f; sleep 0.1; chmod 644 f");
    expect_only(new_content);
    save("(umask 077; rm f; sleep 0.05; cp $OUT/new f; echo more >>f; sleep 0.05; chmod 644 f)");
    expect_only(new_content + "more\n", {new_content});
}

BOOST_FIXTURE_TEST_CASE(edited_by_sed_in_place, Fixture) {
    save("sed -i s/old/other/ f");
    expect_only("other content\n");
}

BOOST_FIXTURE_TEST_CASE(copied_by_rsync, Fixture) {
    save("chmod 644 $OUT/new; rsync $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(copied_by_rsync_in_place, Fixture) {
    save("rsync --inplace $OUT/new f");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(saved_with_a_backup_as_vi_does, Graceful) {
    save("mv f f~; sleep 0.05; cat $OUT/new >f; mv f~ $OUT");
    expect_only(new_content);
}

BOOST_FIXTURE_TEST_CASE(saved_with_a_backup_that_stays_as_emacs_does, Graceful) {
    save("mv f f~; sleep 0.05; cat $OUT/new >'.#f#'; mv '.#f#' f");
    expect_only(new_content);
    BOOST_TEST(serving.get("f~").body == old_content);
}

BOOST_FIXTURE_TEST_CASE(saved_over_a_backup_that_was_copied, Fixture) {
    save("cp -p f f~; cat $OUT/new >f");
    expect_only(new_content);
}

BOOST_AUTO_TEST_SUITE_END()
