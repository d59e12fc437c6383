#include "ipc/segment_reader.hpp"
#include "ipc/segment_writer.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(segment, ObjectFixture)

namespace {

const FileId file{0x0000000300000007};
constexpr std::uint64_t revision = 0x1234;
const std::string name = "0000000300000007.0000000000001234";

Record record_of(std::uint64_t size) {
    return present_record(revision, size);
}

void make_segment(const ObjectDirectory& directory, const std::string& bytes) {
    auto writer = SegmentWriter::create(directory, 1).value();
    BOOST_REQUIRE(!writer.write(bytes.data(), bytes.size()));
    BOOST_REQUIRE(!writer.publish(file, revision));
}

std::string read_all(int fd) {
    std::string bytes(100, '\0');
    const ssize_t count = ::pread(fd, bytes.data(), bytes.size(), 0);
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
}

std::set<std::string> names_in(const ObjectDirectory& directory) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
        names.insert(entry.path().filename());
    return names;
}

using Names = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_segment_is_exactly_the_bytes) {
    for (const std::string& bytes : {std::string(), std::string("x"), std::string("a\0b", 3)}) {
        make_segment(directory, bytes);
        const auto fd = open_segment(directory, file, record_of(bytes.size()));
        BOOST_REQUIRE(fd);
        BOOST_TEST(read_all(fd->get()) == bytes);
        BOOST_TEST((::fcntl(fd->get(), F_GETFL) & O_ACCMODE) == O_RDONLY);
        BOOST_TEST((names_in(directory) == Names{name}));
        remove_segment(directory, file, revision);
    }
}

BOOST_AUTO_TEST_CASE(a_segment_is_written_in_pieces) {
    auto writer = SegmentWriter::create(directory, 1).value();
    BOOST_TEST(!writer.write("ab", 2));
    BOOST_TEST(!writer.write("cd", 2));
    BOOST_TEST(writer.size() == 4U);
    BOOST_TEST(!writer.publish(file, revision));
    BOOST_TEST(read_all(open_segment(directory, file, record_of(4))->get()) == "abcd");
}

BOOST_AUTO_TEST_CASE(a_page_reserved_is_filled_or_given_back) {
    const std::string unfinished = directory.path() + "/load.1";
    const std::string published = directory.path() + "/" + name;
    const auto allocated = [](const std::string& path) {
        struct stat status {};
        BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_blocks * 512;
    };
    for (const std::string& bytes : {std::string(), std::string("abcd")}) {
        auto writer = SegmentWriter::create(directory, 1).value();
        writer.reserve_first_page();
        BOOST_TEST(allocated(unfinished) == 4096);
        BOOST_REQUIRE(!writer.write(bytes.data(), bytes.size()));
        BOOST_REQUIRE(!writer.publish(file, revision));
        BOOST_TEST(allocated(published) == (bytes.empty() ? 0 : 4096));
        BOOST_TEST(
            read_all(open_segment(directory, file, record_of(bytes.size()))->get()) == bytes
        );
        remove_segment(directory, file, revision);
    }
}

BOOST_AUTO_TEST_CASE(an_unfinished_segment_goes_with_its_writer) {
    {
        auto first = SegmentWriter::create(directory, 1).value();
        auto second = SegmentWriter::create(directory, 2).value();
        BOOST_TEST((names_in(directory) == Names{"load.1", "load.2"}));
        second = std::move(first);
        BOOST_TEST((names_in(directory) == Names{"load.1"}));
        const SegmentWriter third = std::move(second);
        BOOST_TEST((names_in(directory) == Names{"load.1"}));
    }
    BOOST_TEST(names_in(directory).empty());
}

BOOST_AUTO_TEST_CASE(what_a_killed_daemon_was_filling_is_begun_anew) {
    std::ofstream(directory.path() + "/load.1") << "half";
    make_segment(directory, "whole");
    BOOST_TEST(read_all(open_segment(directory, file, record_of(5))->get()) == "whole");
}

BOOST_AUTO_TEST_CASE(a_version_is_never_overwritten) {
    make_segment(directory, "first");
    auto writer = SegmentWriter::create(directory, 2).value();
    BOOST_TEST(!writer.write("other", 5));
    BOOST_TEST((writer.publish(file, revision).value() == EEXIST));
    BOOST_TEST(read_all(open_segment(directory, file, record_of(5))->get()) == "first");
}

BOOST_AUTO_TEST_CASE(an_open_segment_outlives_its_name) {
    make_segment(directory, "bytes");
    const auto fd = open_segment(directory, file, record_of(5));
    remove_segment(directory, file, revision);
    remove_segment(directory, file, revision);

    BOOST_TEST(read_all(fd->get()) == "bytes");
    BOOST_TEST((open_segment(directory, file, record_of(5)).error() == Errc::superseded));
}

BOOST_AUTO_TEST_CASE(an_object_that_is_not_the_recorded_segment_is_damage) {
    const std::string path = directory.path() + '/' + name;
    make_segment(directory, "bytes");
    BOOST_TEST((open_segment(directory, file, record_of(4)).error() == Errc::damaged));
    BOOST_TEST((open_segment(directory, file, record_of(6)).error() == Errc::damaged));
    remove_segment(directory, file, revision);

    BOOST_REQUIRE(::symlink("/etc/passwd", path.c_str()) == 0);
    BOOST_TEST((open_segment(directory, file, record_of(0)).error() == Errc::damaged));
    ::unlink(path.c_str());
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    BOOST_TEST((open_segment(directory, file, record_of(0)).error() == Errc::damaged));
    ::unlink(path.c_str());
    BOOST_REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    BOOST_TEST((open_segment(directory, file, record_of(0)).error() == Errc::damaged));
    ::rmdir(path.c_str());
}

BOOST_AUTO_TEST_CASE(a_full_file_system_is_an_error) {
    // A limit on a file's length stands in for it; the errno differs, the path does not.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    {
        auto writer = SegmentWriter::create(directory, 1).value();
        const std::string bytes(200, 'x');
        BOOST_TEST((writer.write(bytes.data(), bytes.size()).value() == EFBIG));
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_DFL);
    BOOST_TEST(names_in(directory).empty());
}

BOOST_AUTO_TEST_CASE(segments_that_no_entry_names_are_removed) {
    const CatalogWriter catalog(directory);
    const auto lock = lock_instance(directory);
    make_segment(directory, "kept");
    for (const char* other :
         {"0000000300000007.0000000000001235",
          "load.7",
          "000000030000000A.0000000000001234",
          "0000000300000007.123",
          "something"})
        std::ofstream(directory.path() + '/' + other) << "x";

    int asked = 0;
    const auto removed = remove_unnamed_segments(directory, [&](FileId id, std::uint64_t at) {
        ++asked;
        BOOST_TEST((id == file));
        return at == revision;
    });

    BOOST_TEST(asked == 2);
    BOOST_TEST(removed == 2U);
    BOOST_TEST(
        (names_in(directory) ==
         Names{
             "catalog",
             "daemon.lock",
             name,
             "000000030000000A.0000000000001234",
             "0000000300000007.123",
             "something"})
    );
}

BOOST_AUTO_TEST_CASE(a_segment_costs_whole_pages_and_its_name) {
    BOOST_TEST(segment_cost(0) == 1024U);
    BOOST_TEST(segment_cost(1) == 4096U + 1024);
    BOOST_TEST(segment_cost(4096) == 4096U + 1024);
    BOOST_TEST(segment_cost(4097) == 8192U + 1024);
}

BOOST_AUTO_TEST_SUITE_END()
