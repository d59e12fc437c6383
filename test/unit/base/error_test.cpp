#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <set>
#include <string>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(every_code_has_a_sentence_of_its_own) {
    const std::string unknown = treecast_category().message(0);
    std::set<std::string> sentences;

    for (int code = 1; code <= static_cast<int>(Errc::outside_root); ++code) {
        const std::string sentence = treecast_category().message(code);
        BOOST_TEST(sentence != unknown, code);
        BOOST_TEST(sentence.find('\n') == std::string::npos, code);
        BOOST_TEST(sentences.insert(sentence).second, sentence);
    }
    BOOST_TEST(treecast_category().message(9999) == unknown);
}

BOOST_AUTO_TEST_CASE(code_converts_to_an_error_of_our_category) {
    const ErrorCode code = Errc::superseded;

    BOOST_TEST(code.failed());
    BOOST_TEST((code == Errc::superseded));
    BOOST_TEST((code != Errc::damaged));
    BOOST_TEST((code.category() == treecast_category()));
    BOOST_TEST(code.category().name() == std::string("treecast"));
}

BOOST_AUTO_TEST_CASE(errno_becomes_a_system_error) {
    errno = ENOENT;
    const ErrorCode code = last_system_error();

    BOOST_TEST((code == boost::system::errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_CASE(startup_error_carries_line_and_exit_code) {
    const StartupError error(ExitCode::configuration, "port 80 is taken");

    BOOST_TEST(error.what() == std::string("port 80 is taken"));
    BOOST_TEST((error.code() == ExitCode::configuration));
}

BOOST_AUTO_TEST_CASE(exit_codes_are_the_documented_ones) {
    BOOST_TEST(static_cast<int>(ExitCode::ok) == 0);
    BOOST_TEST(static_cast<int>(ExitCode::failed) == 1);
    BOOST_TEST(static_cast<int>(ExitCode::usage) == 2);
    BOOST_TEST(static_cast<int>(ExitCode::configuration) == 3);
    BOOST_TEST(static_cast<int>(ExitCode::unreachable) == 4);
    BOOST_TEST(static_cast<int>(ExitCode::not_found) == 5);
}

BOOST_AUTO_TEST_SUITE_END()
