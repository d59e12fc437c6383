// Both ways to open below a directory, on the same tree.
#include "base/beneath.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(beneath)

namespace {

struct Row {
    std::string path;
    OpenFor purpose;
    int error;
};

}  // namespace

BOOST_AUTO_TEST_CASE(both_ways_open_the_same_and_go_through_no_link) {
    const test::TemporaryDirectory directory;
    directory.write("a/b/file", "content");
    std::filesystem::create_symlink("a", directory / "link");
    std::filesystem::create_symlink("file", directory / "a/b/link");
    std::filesystem::create_symlink("/etc", directory / "out");
    const UniqueFd root(::open(directory.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const std::vector<Row> rows{
        {"", OpenFor::naming, 0},
        {"", OpenFor::listing, 0},
        {"a/b/file", OpenFor::naming, 0},
        {"a/b", OpenFor::listing, 0},
        {"a/b/file", OpenFor::listing, ENOTDIR},
        {"a/none", OpenFor::naming, ENOENT},
        {"a/b/file/below", OpenFor::naming, ENOTDIR},
        {"link", OpenFor::naming, ELOOP},
        {"link/b", OpenFor::naming, ELOOP},
        {"link/b", OpenFor::listing, ELOOP},
        {"a/b/link", OpenFor::naming, ELOOP},
        {"out/passwd", OpenFor::naming, ELOOP},
        {"..", OpenFor::listing, EXDEV},
        {"a/../../x", OpenFor::naming, EXDEV},
        {"/etc", OpenFor::naming, EXDEV},
        {std::string(5000, 'a'), OpenFor::naming, ENAMETOOLONG},
    };

    for (const auto way : {&open_beneath, &open_beneath_by_component}) {
        for (const Row& row : rows) {
            const auto opened = way(root.get(), row.path, row.purpose);
            const int error = opened.has_error() ? opened.error().value() : 0;
            BOOST_TEST(error == row.error, row.path);
            struct stat status {};
            struct stat expected {};
            if (error == 0) {
                BOOST_TEST(::fstat(opened->get(), &status) == 0);
                BOOST_TEST(::stat((directory / row.path).c_str(), &expected) == 0);
                BOOST_TEST(status.st_ino == expected.st_ino);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
