#include "client/http/text_sink.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(text_sink)

BOOST_AUTO_TEST_CASE(only_the_body_of_a_200_is_kept) {
    TextSink sink(10);
    Answer head;
    for (const long status : {200L, 206L, 404L, 503L}) {
        head.status = status;
        BOOST_TEST(sink.begin(head) == (status == 200));
    }
}

BOOST_AUTO_TEST_CASE(pieces_are_put_together_up_to_the_bound) {
    TextSink sink(6);
    Answer answer;

    BOOST_TEST(sink.write("abc") == "");
    BOOST_TEST(sink.write("def") == "");
    BOOST_TEST(sink.write("") == "");
    BOOST_TEST(!sink.is_too_long());
    BOOST_TEST(sink.write("g") == "it is longer than 6 bytes");
    BOOST_TEST(sink.is_too_long());
    sink.end(answer);

    BOOST_TEST(sink.text() == "abcdef");
    BOOST_TEST(answer.body_bytes == 6U);
}

BOOST_AUTO_TEST_SUITE_END()
