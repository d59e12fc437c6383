// Every way in which programs save a file: subscribers get its final bytes and never anything that
// the file did not hold when its writer was done; nobody else is woken.
#include "test/support/follower.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/published_tree.hpp"
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(saves)

namespace {

const std::string old_content = "old content\n";
const std::string new_content = "new content, and more of it\n";

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

/// A served file `f` with a subscriber, and one `g` that nobody touches.
struct Fixture {
    explicit Fixture(std::vector<std::string> options = {})
        : serving(
              Files{{"f", old_content}, {"dir/other", "other"}, {"g", "untouched"}},
              std::move(options)
          ) {
        outside.write("new", new_content);
    }

    bool syncs = true;
    TemporaryDirectory outside;  // on the same filesystem
    Serving serving;
    std::string path = serving.tree() / "f";
    Follower follower{serving.server(), "f", version_of(serving.get("f"))};
    HttpConnection bystander = serving.poll("g", "wait=60&after=" + version_of(serving.get("g")));

    /// Runs `script` in the tree.
    void save(const std::string& script) const {
        shell(serving.tree().path(), script, outside.path());
    }
    /// So that the daemon hears of it only when all is over.
    void save_unseen(const std::string& script) const {
        const pid_t daemon = serving.child("treecast-daemon");
        BOOST_TEST_REQUIRE(daemon != 0);
        BOOST_TEST_REQUIRE(stop_process(daemon));
        save(script);
        ::kill(daemon, SIGCONT);
    }
    /// In the end `final`, on the way there nothing but what is `allowed`: no deletion above all.
    void expect_only(const std::string& final, const std::vector<std::string>& allowed = {}) {
        BOOST_TEST(follower.wait_for(final));
        if (syncs)
            serving.sync();
        BOOST_TEST(serving.get("f").body == final);
        for (const auto& seen : follower.seen()) {
            BOOST_TEST(seen.status == 200);
            const bool is_allowed =
                seen.body == final || std::ranges::find(allowed, seen.body) != allowed.end();
            BOOST_TEST(is_allowed, "seen: " + seen.body);
        }
        BOOST_TEST(!bystander.has_answer());
        BOOST_TEST(read_file(path) == final);
    }
};

/// For names that are gone for a moment, which is longer on a machine that is busy.
struct Graceful : Fixture {
    Graceful() : Fixture({"--delete-grace", "10s"}) { syncs = false; }  // which waits so long
};

}  // namespace

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

BOOST_FIXTURE_TEST_CASE(enlarged_by_fallocate, Fixture) {
    save("fallocate -l 20 f");
    expect_only(old_content + std::string(8, '\0'));
}

BOOST_FIXTURE_TEST_CASE(shortened_and_enlarged_by_truncate, Fixture) {
    save("truncate -s 3 f");
    expect_only("old");
    save("truncate -s 5 f");
    expect_only(std::string("old\0\0", 5), {"old"});
}

BOOST_FIXTURE_TEST_CASE(written_sparsely, Fixture) {
    save("dd if=$OUT/new of=f bs=1 seek=1000000 conv=notrunc status=none");
    std::string expected = old_content;
    expected.resize(1'000'000, '\0');
    expect_only(expected + new_content);
}

BOOST_FIXTURE_TEST_CASE(the_same_bytes_and_touches_are_no_news, Fixture) {
    const auto cursor = version_of(serving.get("f"));
    for (const char* script :
         {"touch f", "touch -d 2001-01-01 f", "cp f $OUT/f; cat $OUT/f >f", "cp f .n; mv .n f"}) {
        save(script);
        serving.sync();
    }

    BOOST_TEST(version_of(serving.get("f")) == cursor);
    BOOST_TEST(follower.seen().empty());
}

BOOST_FIXTURE_TEST_CASE(a_content_that_comes_back_is_news_again, Fixture) {
    const auto first = version_of(serving.get("f"));

    save("cat $OUT/new >f");
    BOOST_TEST(follower.wait_for(new_content));
    serving.tree().write("f", old_content);

    BOOST_TEST(follower.wait_for(old_content));
    BOOST_TEST(follower.seen().size() == 2);
    BOOST_TEST(version_of(serving.get("f")) != first);
}

BOOST_FIXTURE_TEST_CASE(a_change_and_back_in_one_breath_ends_with_what_was_there, Fixture) {
    save("cp f $OUT/f; for i in 1 2 3 4 5; do cat $OUT/new >f; cat $OUT/f >f; done");
    serving.sync();

    BOOST_TEST(serving.get("f").body == old_content);
    for (const auto& seen : follower.seen())
        BOOST_TEST((seen.status == 200 && (seen.body == old_content || seen.body == new_content)));
}

BOOST_FIXTURE_TEST_CASE(
    a_change_of_mode_is_listed_and_wakes_no_subscriber_of_the_content,
    Fixture
) {
    const auto cursor_of = [&] {
        return boost::json::parse(http_get(serving.server(), "/v1/changes").body).at("cursor");
    };
    const auto before = listed_files(serving.server()).at("f");
    const auto cursor = cursor_of();

    save("chmod 755 f");
    serving.sync();

    const auto after = listed_files(serving.server()).at("f");
    BOOST_TEST((before.at("mode") == "0644"));
    BOOST_TEST((after.at("mode") == "0755"));
    BOOST_TEST((after.at("sha256") == before.at("sha256")));
    BOOST_TEST((after.at("sha256").as_string() == to_hex(sha256_of(old_content))));
    BOOST_TEST((after.at("version") == before.at("version")));
    BOOST_TEST((cursor_of() != cursor));
    BOOST_TEST(follower.seen().empty());
}

BOOST_AUTO_TEST_SUITE_END()
