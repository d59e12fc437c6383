// A date stands for the present bytes only if no other version can have had it. The built programs.
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(dates)

namespace {

/// Written beside, dated, and renamed into place.
void replace_dated(const Serving& serving, const std::string& content, std::time_t date) {
    serving.tree().write("f.new", content);
    const timespec times[2] = {{date, 0}, {date, 0}};
    BOOST_TEST_REQUIRE(::utimensat(AT_FDCWD, (serving.tree() / "f.new").c_str(), times, 0) == 0);
    BOOST_TEST_REQUIRE(
        ::rename((serving.tree() / "f.new").c_str(), (serving.tree() / "f").c_str()) == 0
    );
    serving.sync();
    BOOST_TEST(serving.get("f").body == content);
}

unsigned status_since(const Serving& serving, const std::string& date) {
    return serving.get("f", {{"If-Modified-Since", date}}).status;
}

constexpr std::time_t noon = 1'700'000'000;

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_was_deleted_and_made_anew_within_a_second_is_another) {
    const Serving serving({}, {"--delete-grace", "10ms"});
    replace_dated(serving, "one", noon);
    const std::string date = serving.get("f").header("Last-Modified");
    BOOST_TEST(status_since(serving, date) == 304U);

    std::filesystem::remove(serving.tree() / "f");
    BOOST_TEST(poll_until([&] {
        return serving.get("f").status == 404;
    }));
    replace_dated(serving, "two", noon);

    BOOST_TEST(serving.get("f").header("Last-Modified") == date);
    BOOST_TEST(status_since(serving, date) == 200U);
    BOOST_TEST(serving.get("f", {{"Range", "bytes=1-"}, {"If-Range", date}}).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_date_that_comes_again_after_another_one_stands_for_nothing) {
    const Serving serving;
    replace_dated(serving, "one", noon);
    const std::string date = serving.get("f").header("Last-Modified");
    replace_dated(serving, "two", noon + 5);
    BOOST_TEST(status_since(serving, serving.get("f").header("Last-Modified")) == 304U);

    replace_dated(serving, "three", noon);
    BOOST_TEST(status_since(serving, date) == 200U);
    replace_dated(serving, "four", noon + 5);
    BOOST_TEST(status_since(serving, serving.get("f").header("Last-Modified")) == 200U);
    replace_dated(serving, "five", noon + 6);
    BOOST_TEST(status_since(serving, serving.get("f").header("Last-Modified")) == 304U);
}

BOOST_AUTO_TEST_SUITE_END()
