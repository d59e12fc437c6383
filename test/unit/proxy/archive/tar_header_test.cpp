#include "proxy/archive/tar_header.hpp"

#include "test/support/tar_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(tar_header)

namespace {

std::string archive_of(const std::string& path, std::uint16_t mode, const std::string& content) {
    return treecast::proxy::tar_header(path, mode, content.size()) + content +
           std::string(tar_padding(content.size())) + std::string(tar_end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_path_is_kept) {
    const std::string ninety(90, 'x');
    const std::string longest(255, 'y');
    const struct {
        std::string path;
        bool is_extended;
    } cases[] = {
        {"a", false},
        {"d/b c", false},
        {"line\nend", false},
        {"-rf", false},
        {"back\\slash", false},
        {std::string(100, 'x'), false},
        {std::string(101, 'x'), true},
        {ninety + '/' + ninety, false},
        {std::string(155, 'd') + '/' + std::string(100, 'n'), false},
        {std::string(156, 'd') + '/' + std::string(100, 'n'), true},
        {std::string(155, 'd') + '/' + std::string(101, 'n'), true},
        {longest, true},
        {longest + '/' + longest + '/' + longest, true},
        {"\xc3\xa4\xe2\x82\xac", true},
        {"\xc3\xa4\n=1", true},
    };
    for (const auto& each : cases) {
        const std::string archive = archive_of(each.path, 0644, "abc");
        const auto entries = read_tar(archive);
        BOOST_TEST_REQUIRE(entries.size() == 1u);
        BOOST_TEST(entries[0].path == each.path);
        BOOST_TEST(entries[0].content == "abc");
        BOOST_TEST((archive[156] == 'x') == each.is_extended, each.path);
        BOOST_TEST(archive.size() % 512 == 0u);
    }
}

BOOST_AUTO_TEST_CASE(permissions_alone_are_of_the_file) {
    const struct {
        std::uint16_t mode;
        unsigned kept;
    } cases[] = {
        {0100644, 0644},
        {0100755, 0755},
        {0104755, 0755},
        {0106711, 0711},
        {0101777, 0777},
        {0100000, 0},
    };
    for (const auto& each : cases) {
        const auto entry = read_tar(archive_of("a", each.mode, ""))[0];
        BOOST_TEST(entry.mode == each.kept);
        BOOST_TEST(entry.owner == "0000000/0000000 /");
        BOOST_TEST(entry.time == 315532800u);
    }
}

BOOST_AUTO_TEST_CASE(contents_are_padded_to_whole_blocks) {
    for (const std::size_t size : {0u, 1u, 511u, 512u, 513u, 1024u}) {
        const std::string content(size, 'c');
        BOOST_TEST(read_tar(archive_of("a", 0644, content))[0].content == content);
    }
}

BOOST_AUTO_TEST_CASE(a_size_beyond_the_field_is_in_an_extended_header) {
    const std::uint64_t largest = (std::uint64_t{1} << 33) - 1;
    BOOST_TEST(treecast::proxy::tar_header("a", 0644, largest).size() == 512u);
    const std::string header = treecast::proxy::tar_header("a", 0644, largest + 1);
    BOOST_TEST(header.substr(512, 19) == "19 size=8589934592\n");
    BOOST_TEST(header.size() == 3u * 512);
}

BOOST_AUTO_TEST_SUITE_END()
