#include "test/e2e/saves_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(saves)

using namespace treecast::test::saves_cases;

BOOST_FIXTURE_TEST_CASE(enlarged_by_fallocate, Fixture) {
    save("fallocate -l 20 f");
    expect_only(old_content + std::string(8, '\0'));
}

BOOST_FIXTURE_TEST_CASE(shortened_and_enlarged_by_truncate, Fixture) {
    save("truncate -s 3 f");
    expect_only("old");
    save("truncate -s 5 f");
    expect_only(std::string("old\0\0", 5), {"old"});
}

BOOST_FIXTURE_TEST_CASE(written_sparsely, Fixture) {
    save("dd if=$OUT/new of=f bs=1 seek=1000000 conv=notrunc status=none");
    std::string expected = old_content;
    expected.resize(1'000'000, '\0');
    expect_only(expected + new_content);
}

BOOST_FIXTURE_TEST_CASE(the_same_bytes_and_touches_are_no_news, Fixture) {
    const auto cursor = version_of(serving.get("f"));
    for (const char* script :
         {"touch f", "touch -d 2001-01-01 f", "cp f $OUT/f; cat $OUT/f >f", "cp f .n; mv .n f"}) {
        save(script);
        serving.sync();
    }

    BOOST_TEST(version_of(serving.get("f")) == cursor);
    BOOST_TEST(follower.seen().empty());
}

BOOST_FIXTURE_TEST_CASE(a_content_that_comes_back_is_news_again, Fixture) {
    const auto first = version_of(serving.get("f"));

    save("cat $OUT/new >f");
    BOOST_TEST(follower.wait_for(new_content));
    serving.tree().write("f", old_content);

    BOOST_TEST(follower.wait_for(old_content));
    BOOST_TEST(follower.seen().size() == 2);
    BOOST_TEST(version_of(serving.get("f")) != first);
}

BOOST_FIXTURE_TEST_CASE(a_change_and_back_in_one_breath_ends_with_what_was_there, Fixture) {
    save("cp f $OUT/f; for i in 1 2 3 4 5; do cat $OUT/new >f; cat $OUT/f >f; done");
    serving.sync();

    BOOST_TEST(serving.get("f").body == old_content);
    for (const auto& seen : follower.seen())
        BOOST_TEST((seen.status == 200 && (seen.body == old_content || seen.body == new_content)));
}

BOOST_FIXTURE_TEST_CASE(
    a_change_of_mode_is_listed_and_wakes_no_subscriber_of_the_content,
    Fixture
) {
    const auto cursor_of = [&] {
        return boost::json::parse(http_get(serving.server(), "/v1/changes").body).at("cursor");
    };
    const auto before = listed_files(serving.server()).at("f");
    const auto cursor = cursor_of();

    save("chmod 755 f");
    serving.sync();

    const auto after = listed_files(serving.server()).at("f");
    BOOST_TEST((before.at("mode") == "0644"));
    BOOST_TEST((after.at("mode") == "0755"));
    BOOST_TEST((after.at("sha256") == before.at("sha256")));
    BOOST_TEST((after.at("sha256").as_string() == to_hex(sha256_of(old_content))));
    BOOST_TEST((after.at("version") == before.at("version")));
    BOOST_TEST((cursor_of() != cursor));
    BOOST_TEST(follower.seen().empty());
}

BOOST_AUTO_TEST_SUITE_END()
