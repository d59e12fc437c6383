#include "proxy/source/content_encoding.hpp"

#include "proxy/source/open_content.hpp"
#include "test/support/decode_content.hpp"
#include "test/support/made_bytes.hpp"
#include "test/support/random_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(content_encoding)

namespace {

std::string lines(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i)
        text += "{\"number\":" + std::to_string(i * 7919 % 10007) + "},\n";
    text.resize(bytes);
    return text;
}

PlainContent in_segment(const std::string& bytes) {
    PlainContent plain{
        .segment = UniqueFd(::memfd_create("plain", MFD_CLOEXEC)),
        .size = bytes.size()};
    BOOST_TEST_REQUIRE(
        ::write(plain.segment.get(), bytes.data(), bytes.size()) ==
        static_cast<ssize_t>(bytes.size())
    );
    return plain;
}

bool never() {
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_encoded_decodes_to_the_same_bytes) {
    for (const Coding coding : {Coding::gzip, Coding::zstd})
        for (const std::size_t size : {1024U, 65535U, 65536U, 131072U, 131073U, 262144U, 3000001U})
            for (const bool is_in_segment : {false, true}) {
                MadeContents contents(16 << 20);
                const std::string text = lines(size);
                const PlainContent plain =
                    is_in_segment ? in_segment(text) : PlainContent{.bytes = text, .size = size};
                const EncodedContent encoded = encode_content(plain, coding, contents, never);
                BOOST_TEST_REQUIRE(encoded.content);
                BOOST_TEST(encoded.content->size() <= gaining_bytes_max(size));
                const std::string bytes = bytes_of(*encoded.content);
                BOOST_TEST((decode_content(coding_name(coding), bytes) == text), size);

                MadeContents others(16 << 20);
                const EncodedContent again = encode_content(plain, coding, others, never);
                BOOST_TEST((bytes_of(*again.content) == bytes), size);
            }
}

BOOST_AUTO_TEST_CASE(what_comes_of_it) {
    const std::string noise = random_bytes(1 << 20);
    struct {
        const char* what;
        std::string bytes;
        std::uint64_t limit;
        bool is_made;
        bool gains;
    } const cases[] = {
        {"text", lines(1 << 20), 1 << 20, true, true},
        {"one byte more than fits", lines(1 << 20), 1000, false, true},
        {"noise", noise, 1 << 22, false, false},
        {"noise without room", noise, 0, false, false},
        {"little noise", noise.substr(0, 70000), 1 << 22, false, false},
        {"half of it is noise", noise.substr(0, 1 << 19) + lines(1 << 19), 1 << 22, true, true},
        {"it seems to gain, but does not",
         lines(1 << 15) + random_bytes(2 << 20) + lines(1 << 15),
         1 << 22,
         false,
         false},
    };
    for (const auto& each : cases)
        for (const Coding coding : {Coding::gzip, Coding::zstd}) {
            MadeContents contents(each.limit);
            const EncodedContent encoded =
                encode_content(in_segment(each.bytes), coding, contents, never);
            BOOST_TEST((encoded.content != nullptr) == each.is_made, each.what);
            BOOST_TEST(encoded.gains == each.gains, each.what);
            if (!each.is_made)
                BOOST_TEST(contents.bytes() == 0U, each.what);
        }
}

BOOST_AUTO_TEST_CASE(it_ends_early) {
    MadeContents contents(16 << 20);
    int pieces = 0;
    const EncodedContent encoded =
        encode_content(in_segment(lines(4 << 20)), Coding::gzip, contents, [&] {
            return ++pieces == 3;
        });
    BOOST_TEST(!encoded.content);
    BOOST_TEST(encoded.gains);
    BOOST_TEST(pieces == 3);
    BOOST_TEST(contents.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_content_that_is_shorter_than_it_should_be_is_not_encoded) {
    MadeContents contents(16 << 20);
    PlainContent plain = in_segment(lines(200000));
    plain.size = 300000;
    BOOST_TEST(!encode_content(plain, Coding::zstd, contents, never).content);
}

BOOST_AUTO_TEST_SUITE_END()
