#include "proxy/feed/part_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using Framing = PartWriter::Framing;

BOOST_AUTO_TEST_SUITE(part_writer)

namespace {

struct Contents {
    std::shared_ptr<Content> make(const std::string& bytes) {
        return std::make_shared<Content>(UniqueFd(), bytes, bytes.size(), counters);
    }
    Counters counters{};
};

std::string bytes_of(const Part& part) {
    std::string bytes = *part.head;
    if (part.content)
        bytes += part.content->bytes().substr(part.begin, part.end - part.begin);
    return bytes;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(contents_up_to_a_limit_are_copied, Contents) {
    const std::string small(PartWriter::copied_bytes_max, 's');
    const std::string large(PartWriter::copied_bytes_max + 1, 'l');
    PartWriter writer(Framing::bare);
    BOOST_TEST(writer.empty());
    writer.text() = "a";
    writer.add(make(""));
    writer.add(make(small));
    BOOST_TEST(!writer.is_full());
    writer.text() += "b";
    writer.add(make(large));
    BOOST_TEST(writer.is_full());
    BOOST_TEST(writer.size() == 2 + small.size() + large.size());
    const Part part = writer.take(false);
    BOOST_TEST(*part.head == "a" + small + "b");
    BOOST_TEST(bytes_of(part) == "a" + small + "b" + large);
    BOOST_TEST(writer.empty());
    BOOST_TEST(writer.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_part_is_full_of_much_text, Contents) {
    PartWriter writer(Framing::bare);
    writer.text().assign((32U << 10U) - 1, 'x');
    BOOST_TEST(!writer.is_full());
    writer.text() += 'x';
    BOOST_TEST(writer.is_full());
}

BOOST_FIXTURE_TEST_CASE(each_part_is_a_chunk, Contents) {
    const std::string large(PartWriter::copied_bytes_max + 1, 'l');
    PartWriter writer(Framing::chunked);
    writer.text() = "first";
    std::string bytes = bytes_of(writer.take(false));
    writer.text() = "second ";
    writer.add(make(large));
    bytes += bytes_of(writer.take(false));
    writer.text() = "last";
    bytes += bytes_of(writer.take(true));
    BOOST_TEST(bytes == "5\r\nfirst\r\n1008\r\nsecond " + large + "\r\n4\r\nlast\r\n0\r\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(the_only_chunk_is_the_last, Contents) {
    PartWriter writer(Framing::chunked);
    writer.text() = "0123456789abcdef";
    BOOST_TEST(bytes_of(writer.take(true)) == "10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
