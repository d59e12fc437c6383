#include "proxy/http/http_date.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(http_date)

BOOST_AUTO_TEST_CASE(dates_are_written_in_one_form_and_read_in_three) {
    BOOST_TEST(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(format_http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    BOOST_TEST(
        format_http_date(std::numeric_limits<std::int64_t>::max()) ==
        "Fri, 31 Dec 9999 23:59:59 GMT"
    );
    BOOST_TEST(format_http_date(std::numeric_limits<std::int64_t>::min()).size() == 29u);
    for (const char* const text :
         {"Sun, 06 Nov 1994 08:49:37 GMT",
          "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994"})
        BOOST_TEST((parse_http_date(text) == 784111777), text);
    for (const char* const text :
         {"",
          "yesterday",
          "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 GMT+1",
          "784111777"})
        BOOST_TEST(!parse_http_date(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
