#include "proxy/source/made_writer.hpp"

#include "proxy/source/open_content.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(made_writer)

namespace {

constexpr std::size_t heap_max = MadeContent::heap_bytes_max;

std::string bytes_of(const Content& content) {
    if (content.on_heap())
        return std::string(content.bytes());
    std::string bytes(content.size() + 1, '\0');
    const ssize_t n = ::pread(content.descriptor(), bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(n));
    return bytes;
}

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + i % 23);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_written_is_sent) {
    struct {
        const char* what;
        std::vector<std::size_t> pieces;
        bool on_heap;
    } const cases[] = {
        {"nothing", {}, true},
        {"a small one", {10}, true},
        {"several pieces", {10, 0, 20}, true},
        {"the largest of the heap", {heap_max}, true},
        {"one byte more", {heap_max, 1}, false},
        {"a large one", {3 * heap_max + 7}, false},
        {"it becomes large", {100, heap_max, 5, 2 * heap_max}, false},
    };
    for (const auto& each : cases) {
        MadeContents contents(1 << 20);
        Counters counters;
        MadeWriter writer(contents);
        std::size_t size = 0;
        for (const std::size_t piece : each.pieces)
            size += piece;
        const std::string all = pattern(size);
        std::size_t at = 0;
        for (const std::size_t piece : each.pieces) {
            BOOST_TEST_REQUIRE(writer.append(std::string_view(all).substr(at, piece)));
            at += piece;
            BOOST_TEST(writer.size() == at, each.what);
        }
        auto made = writer.finish();
        BOOST_TEST_REQUIRE(made);
        BOOST_TEST(contents.bytes() == size, each.what);

        auto content = share_made(made, counters);
        made.reset();
        BOOST_TEST(content->on_heap() == each.on_heap, each.what);
        BOOST_TEST(content->size() == size, each.what);
        BOOST_TEST((bytes_of(*content) == all), each.what);
        content->pin();
        BOOST_TEST(counters.pinned_bytes == (each.on_heap ? 0 : size), each.what);
        content.reset();
        BOOST_TEST(counters.pinned_bytes == 0U, each.what);
        BOOST_TEST(contents.bytes() == 0U, each.what);
    }
}

BOOST_AUTO_TEST_CASE(memory_is_sealed) {
    MadeContents contents(1 << 20);
    MadeWriter writer(contents);
    BOOST_TEST_REQUIRE(writer.append(pattern(heap_max + 1)));
    const auto made = writer.finish();
    BOOST_TEST_REQUIRE(made);
    const int fd = made->descriptor();
    BOOST_TEST(::pwrite(fd, "x", 1, 0) == -1);
    BOOST_TEST(errno == EPERM);
    BOOST_TEST(::ftruncate(fd, 0) == -1);
    BOOST_TEST(::mmap(nullptr, heap_max, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
}

BOOST_AUTO_TEST_CASE(what_exceeds_the_limit_is_not_written) {
    const std::size_t sizes[] = {100, heap_max + 1, 5 * heap_max};
    for (const std::size_t size : sizes) {
        MadeContents contents(size);
        {
            MadeWriter writer(contents);
            BOOST_TEST_REQUIRE(writer.append(pattern(size)));
            BOOST_TEST(!writer.append("x"), size);
            BOOST_TEST(contents.bytes() == size);
        }
        BOOST_TEST(contents.bytes() == 0U);
        BOOST_TEST(contents.count() == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
