// What one event changes is one revision: swapped links and roots, moved directories.
#include "test/support/serving.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <unistd.h>

using namespace treecast::test;
namespace fs = std::filesystem;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(releases)

namespace {

constexpr int files = 300;  // more than one turn of the daemon looks at

std::string file_name(int number) {
    return "f" + std::to_string(number) + ".conf";
}

void write_release(const TemporaryDirectory& tree, const std::string& directory, int files_of_it) {
    for (int i = 0; i < files_of_it; ++i)
        tree.write(directory + '/' + file_name(i), directory + ' ' + std::to_string(i));
}

/// Points the link elsewhere in one step, as deployments do.
void swap_link(const std::string& link, const std::string& target) {
    fs::create_symlink(target, link + ".new");
    fs::rename(link + ".new", link);
}

/// Everybody's content is loaded, and kept up to date from then on.
void read_all(const Serving& serving, const std::string& directory) {
    HttpConnection connection(serving.server());
    for (int i = 0; i < files; ++i)
        BOOST_TEST_REQUIRE((connection.get("/v1/files/" + directory + file_name(i)).status == 200));
}

std::set<std::string> versions_below(const Serving& serving, const std::string& prefix) {
    std::set<std::string> versions;
    const auto listing = http_get(serving.server(), "/v1/changes?prefix=" + prefix);
    const json::value parsed = json::parse(listing.body);
    for (const auto& change : parsed.at("changes").as_array())
        versions.insert(std::string(change.at("version").as_string()));
    return versions;
}

/// A release that stays open for a second: one of its files may not be read by everybody yet.
/// current -> releases/1 comes to be current -> releases/2; all of both but `slow` is read by
/// nobody.
struct OpenRelease {
    OpenRelease()
        : serving(
              {{"releases/1/slow", "1"},
               {"releases/1/f", "1"},
               {"releases/2/slow", "2"},
               {"releases/2/f", "two"},
               {"releases/2/new", "two"}},
              {"--delete-grace", "1s"}
          ) {
        fs::permissions(serving.tree() / "releases/2/slow", fs::perms::owner_all);
        swap_link(serving.tree() / "current", "releases/1");
        serving.sync();
        BOOST_TEST_REQUIRE((serving.get("current/slow").status == 200));
        swap_link(serving.tree() / "current", "releases/2");
        // What comes later is published: the release has been looked at, and is held back.
        serving.tree().write("later", "");
        BOOST_TEST_REQUIRE(poll_until([&] {
            return serving.get("later").status == 200;
        }));
    }

    /// As the catalog tells it; reading the file would make the daemon look again.
    std::map<std::string, std::int64_t> sizes_below(const std::string& prefix) const {
        std::map<std::string, std::int64_t> sizes;
        const auto listing = http_get(serving.server(), "/v1/changes?prefix=" + prefix);
        const json::value parsed = json::parse(listing.body);
        for (const auto& change : parsed.at("changes").as_array())
            if (const auto* const size = change.as_object().if_contains("size"))
                sizes.emplace(change.at("path").as_string(), size->to_number<std::int64_t>());
        return sizes;
    }

    Serving serving;
};

using Sizes = std::map<std::string, std::int64_t>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_swapped_link_to_a_directory_is_one_revision) {
    const Serving serving;
    write_release(serving.tree(), "releases/1", files);
    write_release(serving.tree(), "releases/2", files);
    swap_link(serving.tree() / "current", "releases/1");
    serving.sync();
    read_all(serving, "current/");

    swap_link(serving.tree() / "current", "releases/2");
    serving.sync();

    BOOST_TEST(versions_below(serving, "current/").size() == 1u);
    for (int i = 0; i < files; ++i)
        BOOST_TEST(
            serving.get("current/" + file_name(i)).body == "releases/2 " + std::to_string(i)
        );
}

BOOST_AUTO_TEST_CASE(what_a_release_no_longer_has_goes_in_the_same_revision_without_a_grace) {
    const Serving serving(
        Files{{"releases/1/gone", "1"}, {"releases/1/f", "1"}},
        {"--delete-grace", "100s"}
    );
    write_release(serving.tree(), "releases/2", 1);
    fs::create_symlink("releases/1", serving.tree() / "current");
    serving.sync();
    BOOST_TEST(serving.get("current/gone").status == 200);
    auto poll = serving.poll(
        "current/gone",
        "wait=30&after=" + serving.get("current/gone").header("Treecast-Version")
    );
    BOOST_TEST(serving.wait_for_subscribers(1));

    swap_link(serving.tree() / "current", "releases/2");

    const auto gone = poll.receive();
    BOOST_TEST(gone.status == 404);
    BOOST_TEST(
        gone.header("Treecast-Version") ==
        serving.get("current/" + file_name(0)).header("Treecast-Version")
    );
}

BOOST_AUTO_TEST_CASE(the_kubernetes_layout_is_swapped_as_one_revision) {
    const Serving serving;
    write_release(serving.tree(), "..2026_1", files);
    write_release(serving.tree(), "..2026_2", files);
    swap_link(serving.tree() / "..data", "..2026_1");
    for (int i = 0; i < files; ++i)
        fs::create_symlink("..data/" + file_name(i), serving.tree() / file_name(i));
    serving.sync();
    read_all(serving, "");

    swap_link(serving.tree() / "..data", "..2026_2");
    serving.sync();

    BOOST_TEST(versions_below(serving, "f").size() == 1u);
    for (int i = 0; i < files; ++i)
        BOOST_TEST(serving.get(file_name(i)).body == "..2026_2 " + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_root_that_is_a_swapped_link_is_one_revision) {
    const TemporaryDirectory releases;
    write_release(releases, "1", files);
    write_release(releases, "2", files);
    swap_link(releases / "current", "1");
    const InstanceGuard instance;
    ChildProcess serve(
        treecast_program,
        {"serve", releases / "current", "--listen", "127.0.0.1:0", "--instance", instance.name()}
    );
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const HttpServer server = server_in(serve.standard_output());
    HttpConnection connection(server);
    for (int i = 0; i < files; ++i)
        BOOST_TEST((connection.get("/v1/files/" + file_name(i)).body == "1 " + std::to_string(i)));

    swap_link(releases / "current", "2");

    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/" + file_name(0)).body == "2 0";
    }));
    // The first file shows while the others are still being stored.
    ChildProcess sync(treecast_program, {"sync", "--instance", instance.name()});
    BOOST_TEST((sync.wait() == 0), sync.standard_error());
    std::set<std::string> versions;
    for (int i = 0; i < files; ++i) {
        const auto response = connection.get("/v1/files/" + file_name(i));
        BOOST_TEST(response.body == "2 " + std::to_string(i));
        versions.insert(response.header("Treecast-Version"));
    }
    BOOST_TEST(versions.size() == 1u);
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_moved_in_is_one_revision) {
    const Serving serving;
    const TemporaryDirectory elsewhere;
    write_release(elsewhere, "new/deep/er", files);
    write_release(elsewhere, "new", files);

    fs::rename(elsewhere / "new", serving.tree() / "new");
    serving.sync();

    BOOST_TEST(versions_below(serving, "new/").size() == 1u);
    BOOST_TEST(serving.get("new/deep/er/" + file_name(7)).body == "new/deep/er 7");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_moved_away_goes_as_one_revision) {
    const Serving serving;
    write_release(serving.tree(), "old", files);
    serving.sync();
    const TemporaryDirectory elsewhere;

    fs::rename(serving.tree() / "old", elsewhere / "old");

    BOOST_TEST(poll_until([&] {
        return serving.get("old/" + file_name(0)).status == 404;
    }));
    std::set<std::string> versions;
    for (int i = 0; i < files; ++i) {
        const auto response = serving.get("old/" + file_name(i));
        BOOST_TEST(response.status == 404);
        versions.insert(response.header("Treecast-Version"));
    }
    BOOST_TEST(versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_writer_in_one_file_does_not_hold_back_the_others) {
    const Serving serving;
    write_release(serving.tree(), "releases/1", 3);
    write_release(serving.tree(), "releases/2", 3);
    swap_link(serving.tree() / "current", "releases/1");
    serving.sync();
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(serving.get("current/" + file_name(i)).status == 200);
    auto poll = serving.poll(
        "current/" + file_name(0),
        "wait=30&after=" + serving.get("current/" + file_name(0)).header("Treecast-Version")
    );
    BOOST_TEST(serving.wait_for_subscribers(1));
    std::ofstream writer(serving.tree() / ("releases/2/" + file_name(1)));
    writer << "half" << std::flush;

    swap_link(serving.tree() / "current", "releases/2");

    BOOST_TEST(poll.receive().body == "releases/2 0");
}

BOOST_FIXTURE_TEST_CASE(
    what_a_release_brought_and_lost_before_its_end_is_never_listed,
    OpenRelease
) {
    fs::remove(serving.tree() / "releases/2/new");
    serving.sync();

    BOOST_TEST((sizes_below("current/") == Sizes{{"current/f", 3}}));
}

BOOST_FIXTURE_TEST_CASE(a_release_that_is_revoked_before_its_end_is_never_listed, OpenRelease) {
    swap_link(serving.tree() / "current", "/");
    serving.sync();

    BOOST_TEST(sizes_below("current/").empty());
}

BOOST_FIXTURE_TEST_CASE(a_release_that_is_taken_back_before_its_end_changes_nothing, OpenRelease) {
    swap_link(serving.tree() / "current", "releases/1");
    serving.sync();

    BOOST_TEST((sizes_below("current/") == Sizes{{"current/f", 1}, {"current/slow", 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_file_of_an_open_release_gets_another_name, OpenRelease) {
    fs::create_hard_link(serving.tree() / "releases/2/new", serving.tree() / "another");
    serving.sync();

    serving.tree().write("another", "and more");
    serving.sync();

    BOOST_TEST(sizes_below("current/").at("current/new") == 8);
}

BOOST_AUTO_TEST_SUITE_END()
