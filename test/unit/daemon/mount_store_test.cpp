#include "daemon/mount_store.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::daemon;
using watcher::Mount;

BOOST_AUTO_TEST_SUITE(mount_store)

namespace {

const std::vector<Mount> some{
    {"/srv/tree", 2049, 2, 0},
    {"/srv/tree/with blank\nand line", ~std::uint64_t{0}, 1, 4'294'967'999},
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
    BOOST_TEST((parse_mounts(write_mounts(some)) == some));
    BOOST_TEST(parse_mounts(write_mounts({})).empty());
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_passed_over) {
    using namespace std::string_view_literals;
    const std::string text = write_mounts(some);
    for (std::size_t length = 0; length < text.size(); ++length)
        BOOST_TEST(parse_mounts(std::string_view(text).substr(0, length)).size() < some.size());
    BOOST_TEST(parse_mounts("treecast mounts 2\n1 2 3 /a\0"sv).empty());
    const auto rest = parse_mounts(
        "treecast mounts 1\n1 2 3 a\0-1 2 3 /a\0x 2 3 /a\0001 2 /a\0\0001 2 "
        "3\00099999999999999999999 2 3 "
        "/a\0001 2 3 /good\0"sv
    );
    BOOST_TEST((rest == std::vector<Mount>{{"/good", 1, 2, 3}}));
}

BOOST_FIXTURE_TEST_CASE(the_file_is_replaced_as_a_whole, test::ObjectFixture) {
    const MountStore store(directory);
    BOOST_TEST(store.read().empty());

    BOOST_TEST(!store.write({{"/other", 1, 2, 3}}));
    BOOST_TEST(!store.write(some));

    BOOST_TEST((store.read() == some));
    struct stat status {};
    BOOST_TEST(::fstatat(directory.descriptor(), "mounts", &status, 0) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0600u);
    BOOST_TEST(::fstatat(directory.descriptor(), "mounts.new", &status, 0) != 0);
}

BOOST_AUTO_TEST_SUITE_END()
