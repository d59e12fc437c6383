#include "client/output/atomic_file.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

using treecast::client::AtomicFile;
using treecast::client::TargetDirectory;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(atomic_file)

namespace {

void fill(const AtomicFile& file, std::string_view content) {
    BOOST_REQUIRE(
        ::write(file.descriptor(), content.data(), content.size()) ==
        static_cast<ssize_t>(content.size())
    );
}

std::size_t entries(const TemporaryDirectory& directory) {
    const std::filesystem::directory_iterator entry(directory.path());
    return static_cast<std::size_t>(std::distance(begin(entry), end(entry)));
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode;
}

}  // namespace

BOOST_AUTO_TEST_CASE(target_is_untouched_until_commit) {
    const TemporaryDirectory directory;
    directory.write("f", "old");
    AtomicFile file(directory / "f");
    fill(file, "new");
    BOOST_TEST(read_file(directory / "f") == "old");

    file.commit();

    BOOST_TEST(read_file(directory / "f") == "new");
    BOOST_TEST(entries(directory) == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_committed_leaves_nothing) {
    const TemporaryDirectory directory;
    {
        const AtomicFile file(directory / "f");
        fill(file, "new");
    }
    BOOST_TEST(entries(directory) == 0U);
}

BOOST_AUTO_TEST_CASE(new_files_follow_the_umask_and_old_ones_keep_their_mode) {
    const TemporaryDirectory directory;
    directory.write("old", "x");
    ::chmod((directory / "old").c_str(), 0640);
    const mode_t before = ::umask(027);
    AtomicFile fresh(directory / "fresh");
    AtomicFile old(directory / "old");
    ::umask(before);

    fresh.commit();
    old.commit();

    BOOST_TEST((mode_of(directory / "fresh") & 07777) == 0640U);
    BOOST_TEST((mode_of(directory / "old") & 07777) == 0640U);
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_stays_one) {
    const TemporaryDirectory directory;
    directory.write("target", "old");
    BOOST_REQUIRE(::symlink("target", (directory / "link").c_str()) == 0);
    AtomicFile file(directory / "link");
    fill(file, "new");

    file.commit();

    BOOST_TEST(S_ISLNK(mode_of(directory / "link")));
    BOOST_TEST(read_file(directory / "target") == "new");
}

BOOST_AUTO_TEST_CASE(no_link_below_a_directory_is_followed) {
    const TemporaryDirectory outside;
    outside.write("f", "old");
    const TemporaryDirectory directory;
    directory.write("a/b/f", "old");
    std::filesystem::create_directory_symlink(outside.path(), directory / "out");
    std::filesystem::create_symlink(outside / "f", directory / "a/link");
    const TargetDirectory target(directory.path());

    for (const char* const path : {"a/b/f", "a/link", "new"}) {
        AtomicFile file(target, path);
        fill(file, "new");
        file.commit();
        BOOST_TEST(S_ISREG(mode_of(directory / path)), path);
        BOOST_TEST(read_file(directory / path) == "new", path);
    }
    for (const char* const path : {"out/f", "../f", "a/../../f", "/tmp/f", "none/f"})
        BOOST_CHECK_THROW(AtomicFile(target, path), std::system_error);

    BOOST_TEST(read_file(outside / "f") == "old");
    BOOST_TEST(entries(outside) == 1U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_missing_is_named) {
    const TemporaryDirectory directory;
    BOOST_CHECK_EXCEPTION(AtomicFile(directory / "no/f"), std::system_error, [](const auto& error) {
        return std::string(error.what()).find("no/f") != std::string::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()
