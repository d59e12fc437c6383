// `treecast watch` on directories and globs, against the real programs.
#include "test/support/child_process.hpp"
#include "test/support/file_becomes.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_watch_trees)

namespace {

/// Of each line of --json event and path, "change:d/a|delete:d/b|".
std::string events(const ChildProcess& watch) {
    const auto output = watch.standard_output();
    std::string text;
    const auto value = [&](std::size_t from, const std::string& name) {
        const auto at = output.find('"' + name + "\":\"", from) + name.size() + 4;
        return output.substr(at, output.find('"', at) - at);
    };
    for (std::size_t at = 0; at < output.size(); at = output.find('\n', at) + 1)
        text += value(at, "event") + ':' + value(at, "path") + '|';
    return text;
}

bool shows(const ChildProcess& watch, const std::string& expected) {
    const bool is_shown = poll_until([&] {
        return events(watch) == expected;
    });
    if (!is_shown)
        BOOST_TEST_MESSAGE(events(watch) + watch.standard_error());
    return is_shown;
}

/// Edits `path` and waits for its line: whatever came before would be there too.
void check_next_is_only(
    const ChildProcess& watch,
    const TemporaryDirectory& tree,
    const std::string& path,
    const std::string& before
) {
    static int edits = 0;
    tree.replace(path, "edit " + std::to_string(++edits));
    BOOST_TEST(shows(watch, before + "change:" + path + '|'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_and_a_glob_are_followed) {
    const Serving serving({{"d/a", "1"}, {"d/e/b.json", "2"}, {"c.json", "3"}, {"x", "4"}});
    serving.sync();
    const auto url = serving.server().origin();
    ChildProcess directory(treecast_program, {"watch", "--json", url + "/d/"});
    ChildProcess glob(treecast_program, {"watch", "--json", "--changes-only", url + "/**/*.json"});
    ChildProcess people(treecast_program, {"watch", url + "/d/"});
    BOOST_TEST(poll_until([&] {
        return events(directory).size() == std::string("change:d/a|change:d/e/b.json|").size();
    }));
    const auto first = events(directory);
    BOOST_TEST(people.wait_for_output(" change d/e/b.json "));
    BOOST_REQUIRE(serving.wait_for_subscribers(3));

    serving.tree().replace("d/e/b.json", "two");
    BOOST_TEST(shows(directory, first + "change:d/e/b.json|"));
    BOOST_TEST(shows(glob, "change:d/e/b.json|"));
    serving.tree().write("new/deep/f.json", "later");
    BOOST_TEST(shows(glob, "change:d/e/b.json|change:new/deep/f.json|"));
    std::filesystem::remove(serving.tree() / "d/a");
    BOOST_TEST(shows(directory, first + "change:d/e/b.json|delete:d/a|"));
    BOOST_TEST(people.wait_for_output(" delete d/a "));
    serving.tree().replace("x", "of nobody");
    check_next_is_only(directory, serving.tree(), "d/g", first + "change:d/e/b.json|delete:d/a|");

    BOOST_TEST(directory.terminate().value() == 0);
}

BOOST_AUTO_TEST_CASE(a_mode_is_no_change_of_content) {
    const Serving serving(Files{{"d/a", "1"}});
    serving.sync();
    BOOST_TEST(serving.get("d/a").status == 200);  // its hash is known from now on
    ChildProcess watch(treecast_program, {"watch", "--json", serving.server().origin() + "/d/"});
    BOOST_REQUIRE(shows(watch, "change:d/a|"));
    BOOST_REQUIRE(serving.wait_for_subscribers(1));

    std::filesystem::permissions(serving.tree() / "d/a", std::filesystem::perms(0604));
    serving.sync();

    check_next_is_only(watch, serving.tree(), "d/b", "change:d/a|");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_swapped_by_a_link_is_its_changes) {
    const Serving serving;
    const auto& tree = serving.tree();
    tree.write("v1/both", "1");
    tree.write("v1/same", "same");
    tree.write("v1/old", "1");
    tree.write("v2/both", "2");
    tree.write("v2/same", "same");
    tree.write("v2/new", "2");
    std::filesystem::create_symlink("v1", tree / "now");
    serving.sync();
    ChildProcess watch(
        treecast_program,
        {"watch", "--json", "--changes-only", serving.server().origin() + "/now/"}
    );
    BOOST_REQUIRE(serving.wait_for_subscribers(1));
    for (const auto* const path : {"now/same", "now/both", "v2/same"})
        BOOST_TEST(serving.get(path).status == 200);

    std::filesystem::create_symlink("v2", tree / "next");
    std::filesystem::rename(tree / "next", tree / "now");

    const auto has = [&](const char* event) {
        return events(watch).find(event) != std::string::npos;
    };
    BOOST_TEST(poll_until([&] {
        return has("change:now/both|") && has("change:now/new|") && has("delete:now/old|");
    }));
    const auto before = events(watch);
    BOOST_TEST(std::ranges::count(before, '|') <= 4);  // `same`, if its new hash is not known yet
    check_next_is_only(watch, tree, "now/new", before);
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_proxy_is_no_change_and_hides_none) {
    PairOfPrograms programs;
    for (const auto* const path : {"d/a", "d/b", "d/c"})
        programs.tree().write(path, path);
    programs.start_daemon();
    programs.start_proxy();
    BOOST_REQUIRE(programs.wait_until_ready());
    ChildProcess watch(
        treecast_program,
        {"watch", "--json", "--changes-only", programs.server().origin() + "/d/"}
    );
    BOOST_REQUIRE(test::wait_for_subscribers(programs.server(), 1));

    programs.proxy()->signal(SIGKILL);
    programs.proxy()->wait();
    programs.tree().replace("d/b", "another");
    std::filesystem::remove(programs.tree() / "d/c");
    BOOST_TEST(watch.wait_for_output("trying again"));
    programs.start_proxy();

    BOOST_TEST(poll_until([&] {
        return events(watch).find("delete:d/c|") != std::string::npos;
    }));
    check_next_is_only(watch, programs.tree(), "d/a", "change:d/b|delete:d/c|");
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_whole_instance_is_no_change_and_hides_none) {
    PairOfPrograms programs;
    for (const auto* const path : {"d/a", "d/b", "d/c", "d/unread"})
        programs.tree().write(path, path);
    programs.start_daemon();
    programs.start_proxy();
    BOOST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("d/a").status == 200);  // its hash is known from now on
    ChildProcess watch(
        treecast_program,
        {"watch", "--json", "--changes-only", programs.server().origin() + "/d/"}
    );
    BOOST_REQUIRE(test::wait_for_subscribers(programs.server(), 1));
    const auto cursor = http_get(programs.server(), "/v1/status").body;

    programs.proxy()->terminate();
    programs.daemon()->terminate();
    std::filesystem::remove_all(programs.instance().base() + '/' + programs.instance().name());
    programs.tree().replace("d/b", "another");
    std::filesystem::remove(programs.tree() / "d/c");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_REQUIRE(programs.wait_until_ready());
    const auto at = cursor.find("\"epoch\":\"");
    BOOST_TEST(
        http_get(programs.server(), "/v1/status").body.find(cursor.substr(at, 26)) ==
        std::string::npos
    );

    BOOST_TEST(shows(watch, "change:d/b|delete:d/c|"));
    check_next_is_only(watch, programs.tree(), "d/a", "change:d/b|delete:d/c|");
}

BOOST_AUTO_TEST_CASE(commands_get_the_content_of_each_changed_file) {
    const Serving serving(Files{{"d/a b", "one"}, {"x", "0"}});
    serving.sync();
    const TemporaryDirectory directory;
    ChildProcess watch(
        treecast_program,
        {"watch",
         "--exec",
         "echo \"$(cat) $TREECAST_EVENT $TREECAST_PATH ${#TREECAST_SHA256}\" >> '" +
             (directory / "log") + "'",
         serving.server().origin() + "/d/",
         serving.server().origin() + "/x"}
    );
    BOOST_TEST(poll_until([&] {
        return std::filesystem::exists(directory / "log") &&
               std::ranges::count(read_file(directory / "log"), '\n') == 2;
    }));
    auto log = read_file(directory / "log");
    BOOST_TEST(log.find("one change d/a b 64\n") != std::string::npos);
    BOOST_TEST(log.find("0 change x 64\n") != std::string::npos);

    serving.tree().replace("d/c", "two");
    BOOST_TEST(file_becomes(directory / "log", log += "two change d/c 64\n"));
    std::filesystem::remove(serving.tree() / "d/a b");
    BOOST_TEST(file_becomes(directory / "log", log += " delete d/a b 0\n"));
}

BOOST_AUTO_TEST_SUITE_END()
