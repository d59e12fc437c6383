// A filesystem that folds case: files are reached by other spellings of their names, and are served
// as their directories spell them, and only so.
//
// The mount is in a namespace of the test's own.
#include "test/support/follower.hpp"
#include "test/support/needs.hpp"
#include "test/support/serving_beside_fuse.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(folded_names)

namespace {

/// serve on the mount point of a filesystem that folds case and shows `store`.
struct Fixture : ServingBesideFuse {
    TemporaryDirectory store;

    Fixture() {
        store.write("foo", "one");
        store.write("del", "one");
        store.write("sub/file", "one");
        store.write("sub/deep/file", "one");
        start(TREECAST_FOLDING_FILESYSTEM, tree.path(), {store.path()}, "--audit-interval 0");
        for (const char* path : {"foo", "del", "sub/file", "sub/deep/file"})
            BOOST_TEST_REQUIRE((get(path).body == "one"));
    }

    /// In the root, where the mount is.
    void run(const std::string& script) const {
        ChildProcess child(
            "/usr/bin/nsenter",
            {"-t",
             std::to_string(serve->pid()),
             "-m",
             "sh",
             "-e",
             "-c",
             "cd \"$0\"; " + script,
             tree.path()}
        );
        const auto status = child.wait();
        BOOST_TEST_REQUIRE((status == 0), script + ": " + child.standard_error());
    }
    /// What is listed after everything written so far is published.
    std::string listing() const {
        ChildProcess sync(treecast_program, {"sync", "--instance", instance.name()});
        BOOST_TEST((sync.wait() == 0), sync.standard_error());
        return http_get(server, "/v1/changes?prefix=").body;
    }
    bool lists(const std::string& path) const {
        return listing().find("\"path\":\"" + path + "\"") != std::string::npos;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_is_written_by_another_spelling, Fixture, *needs(need::fuse())) {
    const Follower foo(server, "foo", get("foo").header("Treecast-Version"));

    for (const char* content : {"two", "three"}) {
        run("printf " + std::string(content) + " >FOO");
        BOOST_TEST(foo.wait_for(content));
    }

    BOOST_TEST(!lists("FOO"));
    BOOST_TEST(get("FOO").status == 404);
    run("printf four >new; mv NEW Foo");
    BOOST_TEST(foo.wait_for("four"));
    BOOST_TEST(!lists("Foo"));
    BOOST_TEST(!lists("new"));
    BOOST_TEST(http_get(server, "/v1/files/FOO?wait=500ms").status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_removed_by_another_spelling, Fixture, *needs(need::fuse())) {
    const Follower gone(server, "del", get("del").header("Treecast-Version"));

    run("rm DEL");

    BOOST_TEST(gone.wait_for_status(404));
    BOOST_TEST(!lists("DEL"));
    BOOST_TEST(!lists("del"));
    run("printf back >DEL");
    BOOST_TEST(lists("DEL"));
    BOOST_TEST(get("DEL").body == "back");
    BOOST_TEST(get("del").status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_rename_changes_only_the_case, Fixture, *needs(need::fuse())) {
    const Follower gone(server, "foo", get("foo").header("Treecast-Version"));

    run("mv foo between; mv between FOO");

    BOOST_TEST(gone.wait_for_status(404));
    BOOST_TEST(lists("FOO"));
    BOOST_TEST(get("FOO").body == "one");
    run("printf two >foo");
    (void)listing();
    BOOST_TEST(get("FOO").body == "two");
    BOOST_TEST(!lists("foo"));
}

BOOST_FIXTURE_TEST_CASE(a_directory_by_another_spelling, Fixture, *needs(need::fuse())) {
    const Follower file(server, "sub/file", get("sub/file").header("Treecast-Version"));

    // Not by SUB/FILE: libfuse gives a directory an inode of its own for each spelling.
    run("printf two >sub/FILE; printf new >sub/deep/New");
    BOOST_TEST(file.wait_for("two"));
    BOOST_TEST(lists("sub/deep/New"));
    BOOST_TEST(get("sub/deep/New").body == "new");

    run("mv SUB moved");
    BOOST_TEST(file.wait_for_status(404));
    BOOST_TEST(lists("moved/deep/New"));
    BOOST_TEST(!lists("sub/file"));
    run("printf three >MOVED/deep/file");
    (void)listing();
    BOOST_TEST(get("moved/deep/file").body == "three");

    run("mv moved between; mv between Moved");
    BOOST_TEST(poll_until([&] {
        return get("moved/deep/file").status == 404;
    }));
    BOOST_TEST(get("Moved/deep/file").body == "three");
    run("rm -r MOVED");
    BOOST_TEST(poll_until([&] {
        return get("Moved/deep/file").status == 404;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
