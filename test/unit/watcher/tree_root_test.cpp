#include "watcher/tree_root.hpp"

#include "test/support/fail_with_errno.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::watcher;
using treecast::test::fail_with_errno;
using treecast::test::TemporaryDirectory;

namespace {

ino_t inode_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        fail_with_errno(path);
    return status.st_ino;
}

ino_t inode_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        fail_with_errno("fstat");
    return status.st_ino;
}

/// BASE/root, which is configured by the link BASE/current, and what lies beside it.
struct RootFixture {
    RootFixture() {
        base.write("root/f", "");
        base.write("root/d/g", "");
        base.write("root-other/f", "");
        link("../current", "root");
        link("to_file", "d/g");
        link("to_directory", "d");
        link("d/up", "../f");
        link("to_up", "to_directory/up");
        link("missing", "nothing");
        link("loop", "loop");
        link("out", "../root-other/f");
        link("out_and_back", "../root/f");
        link("absolute", base / "root/d/g");
        link("by_configured_path", base / "current/d/g");
        link("root_itself", base / "root");
        link("sibling", base / "root-other/f");
        link("etc", "/etc/passwd");
        link("chain1", "f");
        for (int i = 2; i <= 41; ++i)
            link("chain" + std::to_string(i), "chain" + std::to_string(i - 1));
    }
    void link(const std::string& path, const std::string& target) const {
        fs::create_symlink(target, base / ("root/" + path));
    }

    TemporaryDirectory base;
};

struct OpenedRoot : RootFixture {
    TreeRoot root{base / "current"};
};

const ErrorCode outside = make_error_code(Errc::outside_root);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tree_root, RootFixture)

BOOST_AUTO_TEST_CASE(a_root_that_cannot_be_one_is_refused) {
    for (const char* path : {"nothing", "root/f", "root/loop"})
        BOOST_CHECK_THROW(TreeRoot(base / path), StartupError);
}

BOOST_FIXTURE_TEST_CASE(links_are_followed_beneath_the_root_only, OpenedRoot) {
    struct Row {
        std::string path;
        std::string leads_to;  // below the root
        ErrorCode error;
    };
    const Row rows[] = {
        {"", "", {}},
        {"f", "f", {}},
        {"d", "d", {}},
        {"to_file", "d/g", {}},
        {"to_directory", "d", {}},
        {"to_directory/g", "d/g", {}},
        {"to_up", "f", {}},
        {"absolute", "d/g", {}},
        {"by_configured_path", "d/g", {}},
        {"root_itself", "", {}},
        {"root_itself/d/g", "d/g", {}},
        {"chain40", "f", {}},
        {"chain41", {}, system_error(ELOOP)},
        {"loop", {}, system_error(ELOOP)},
        {"missing", {}, system_error(ENOENT)},
        {"nothing", {}, system_error(ENOENT)},
        {"f/below", {}, system_error(ENOTDIR)},
        {"to_file/below", {}, system_error(ENOTDIR)},
        {"out", {}, outside},
        {"out_and_back", {}, outside},
        {"sibling", {}, outside},
        {"etc", {}, outside},
    };
    for (const Row& row : rows) {
        const auto opened = root.open_path(row.path);
        BOOST_TEST_CONTEXT(row.path) {
            BOOST_TEST((opened ? ErrorCode() : opened.error()) == row.error);
            if (opened)
                BOOST_TEST(inode_of(opened->get()) == inode_of(base / ("root/" + row.leads_to)));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(no_link_is_followed_where_a_path_without_links_is_meant, OpenedRoot) {
    struct Row {
        std::string path;
        ErrorCode as_directory;
        ErrorCode as_point;
    };
    const ErrorCode link = system_error(ELOOP);
    const Row rows[] = {
        {"", {}, {}},
        {"d", {}, {}},
        {"f", system_error(ENOTDIR), {}},
        {"to_directory", link, link},
        {"to_directory/g", link, link},
        {"nothing", system_error(ENOENT), system_error(ENOENT)},
    };
    for (const Row& row : rows) {
        const auto opened = root.open_directory(row.path);
        const auto point = root.open_point(row.path);
        BOOST_TEST((opened ? ErrorCode() : opened.error()) == row.as_directory, row.path);
        BOOST_TEST((point ? ErrorCode() : point.error()) == row.as_point, row.path);
    }
    BOOST_TEST(S_ISLNK(root.status("to_file")->st_mode));
    BOOST_TEST(root.status("")->st_ino == inode_of(base / "root"));
}

BOOST_FIXTURE_TEST_CASE(absolute_targets_below_the_root_begin_at_it, OpenedRoot) {
    struct Row {
        std::string path;
        std::string target;  // empty: it leads out
    };
    const Row rows[] = {
        {"to_file", "d/g"},
        {"d/up", "../f"},
        {"out", "../root-other/f"},
        {"absolute", "/d/g"},
        {"by_configured_path", "/d/g"},
        {"root_itself", "/"},
        {"sibling", ""},
        {"etc", ""},
    };
    for (const Row& row : rows) {
        const auto target = root.link_target(row.path);
        if (row.target.empty())
            BOOST_TEST((target.error() == outside), row.path);
        else
            BOOST_TEST(target.value() == row.target);
    }
    BOOST_TEST(root.link_target("f").error().value() == EINVAL);
}

BOOST_FIXTURE_TEST_CASE(it_follows_its_path_to_another_directory, OpenedRoot) {
    BOOST_TEST(root.is_alive());
    fs::create_symlink("root-other", base / "new");
    fs::rename(base / "new", base / "current");

    BOOST_TEST(!root.is_alive());
    BOOST_TEST(root.leads_to().value() == fs::canonical(base / "root-other"));
    BOOST_TEST(root.real_path() == fs::canonical(base / "root"));
    BOOST_TEST(root.open_path("d").has_value());

    const std::uint64_t generation = root.generation();
    BOOST_TEST(root.reopen(false).has_value());
    BOOST_TEST(root.is_alive());
    BOOST_TEST(root.generation() == generation + 1);
    BOOST_TEST(root.real_path() == fs::canonical(base / "root-other"));
    BOOST_TEST((root.open_path("d").error() == system_error(ENOENT)));
}

BOOST_FIXTURE_TEST_CASE(a_reopen_that_fails_changes_nothing, OpenedRoot) {
    const std::string before = root.real_path();
    fs::remove(base / "current");
    BOOST_TEST((root.reopen(true).error() == system_error(ENOENT)));
    base.write("current", "a file");
    BOOST_TEST((root.reopen(true).error() == system_error(ENOTDIR)));
    fs::remove(base / "current");
    fs::create_directory(base / "current");
    BOOST_TEST((root.reopen(false).error() == system_error(ENODATA)));

    BOOST_TEST(!root.is_alive());
    BOOST_TEST(root.generation() == 0U);
    BOOST_TEST(root.real_path() == before);
    BOOST_TEST(root.open_path("d/g").has_value());

    BOOST_TEST(root.reopen(true).has_value());
    BOOST_TEST(root.is_alive());
    BOOST_TEST((root.open_path("d").error() == system_error(ENOENT)));
}

BOOST_AUTO_TEST_CASE(the_path_is_absolute_and_normal_whatever_is_configured) {
    for (const char* path : {"root", "root/", "root/.", "root/d/..//"})
        BOOST_TEST(TreeRoot(base / path).absolute_path() == base / "root", path);
}

BOOST_AUTO_TEST_SUITE_END()
