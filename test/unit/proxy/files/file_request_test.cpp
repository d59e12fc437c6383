#include "proxy/files/file_request.hpp"

#include "ipc/file_date.hpp"
#include "proxy/http/entity_tag.hpp"
#include "test/unit/proxy/http/upper_case.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(file_request)

using test::upper;

BOOST_AUTO_TEST_CASE(if_range_takes_a_strong_tag_or_the_exact_date) {
    ipc::Record record;
    record.sha256 = sha256_of("content");
    record.mtime_ns = 784111777'500'000'000;
    const std::string tag = entity_tag(record.sha256);
    constexpr std::int64_t now = 1'700'000'000;

    BOOST_TEST(if_range_holds(std::nullopt, record, now));
    BOOST_TEST(!if_range_holds("", record, now));  // given, and no validator
    BOOST_TEST(if_range_holds(tag, record, now));
    BOOST_TEST(!if_range_holds(upper(tag), record, now));
    BOOST_TEST(!if_range_holds("W/" + tag, record, now));
    BOOST_TEST(!if_range_holds("\"other\"", record, now));
    BOOST_TEST(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", record, now));
    BOOST_TEST(!if_range_holds("Sun, 06 Nov 1994 08:49:38 GMT", record, now));
    record.date_floor = ipc::date_mark(784111777);
    BOOST_TEST(!if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", record, now));
}

BOOST_AUTO_TEST_SUITE_END()
