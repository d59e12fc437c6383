#include "proxy/http/byte_range.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(byte_range)

BOOST_AUTO_TEST_CASE(one_range_is_a_part_and_nonsense_or_several_are_the_whole) {
    using Kind = ByteRange::Kind;
    const ByteRange none{Kind::unsatisfiable, 0, 0};
    const auto part = [](std::uint64_t begin, std::uint64_t end) {
        return ByteRange{Kind::part, begin, end};
    };
    const auto whole = [](std::uint64_t size) {
        return ByteRange{Kind::whole, 0, size};
    };
    struct {
        const char* field = nullptr;
        std::uint64_t size = 0;
        ByteRange expected;
    } const cases[] = {
        {"bytes=0-0", 10, part(0, 1)},
        {"bytes=2-5", 10, part(2, 6)},
        {"BYTES = 2-5", 10, part(2, 6)},
        {"bytes=2-", 10, part(2, 10)},
        {"bytes=2-99", 10, part(2, 10)},
        {"bytes=0-99999999999999999999999", 10, part(0, 10)},
        {"bytes=-3", 10, part(7, 10)},
        {"bytes=-99", 10, part(0, 10)},
        {"bytes=9-", 10, part(9, 10)},
        {"bytes=10-", 10, none},
        {"bytes=99999999999999999999999-", 10, none},
        {"bytes=-0", 10, none},
        {"bytes=0-", 0, none},
        {"bytes=-5", 0, whole(0)},  // RFC 9110, 14.1.2: satisfiable, and all of the file
        {"bytes=-0", 0, none},
        {"bytes=-99999999999999999999999", 10, part(0, 10)},
        {"bytes=,, 2-5 ,", 10, part(2, 6)},
        {"bytes= 2-5\t", 10, part(2, 6)},
        {"bytes=2 - 5", 10, whole(10)},
        {"bytes=10-11,12-", 10, none},
        {"bytes=-0, 10-", 10, none},
        {"bytes=10-,0-1", 10, whole(10)},
        {"bytes=0-1,10-", 10, whole(10)},
        {"bytes=0-1,x", 10, whole(10)},
        {"bytes=10-,5-2", 10, whole(10)},
        {"bytes=--5", 10, whole(10)},
        {"bytes=0x0-1", 10, whole(10)},
        {"bytes=,", 10, whole(10)},
        {"byte=0-1", 10, whole(10)},
        {"none", 10, whole(10)},
        {"", 10, whole(10)},
        {"bytes=5-2", 10, whole(10)},
        {"bytes=0-1,3-4", 10, whole(10)},
        {"bytes=", 10, whole(10)},
        {"bytes=-", 10, whole(10)},
        {"bytes=a-b", 10, whole(10)},
        {"bytes=1", 10, whole(10)},
        {"bytes=+1-2", 10, whole(10)},
        {"lines=0-1", 10, whole(10)},
        {"0-1", 10, whole(10)},
    };
    for (const auto& each : cases)
        BOOST_TEST((select_range(each.field, each.size) == each.expected), each.field);
}

BOOST_AUTO_TEST_SUITE_END()
