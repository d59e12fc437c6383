#include "client/following/known_files.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(known_files)

using State = FeedChange::State;

namespace {

FeedChange file(
    const std::string& path,
    Version version,
    const char* content = nullptr,
    std::int64_t mtime = 1000,
    std::uint64_t size = 3
) {
    FeedChange change;
    change.path = path;
    change.version = version;
    change.size = size;
    change.mtime = FileTime{mtime, 5};
    change.mode = 0644;
    if (content != nullptr)
        change.sha256 = sha256_of(content);
    return change;
}

FeedChange without_content(const std::string& path, Version version, State state) {
    FeedChange change;
    change.path = path;
    change.version = version;
    change.state = state;
    if (state == State::unavailable)
        change.reason = "unreadable";
    return change;
}

FeedChange deleted(const std::string& path, Version version) {
    return without_content(path, version, State::deleted);
}

FeedChange unavailable(const std::string& path, Version version) {
    return without_content(path, version, State::unavailable);
}

enum class Part { whole, page };

FeedAnswer reset(const std::vector<FeedChange>& changes, Part part = Part::whole) {
    return {"demo", "0000000000000009.99", true, false, part == Part::page, changes};
}

FeedAnswer news(const std::vector<FeedChange>& changes, Part part = Part::whole) {
    return {"demo", "0000000000000009.99", false, false, part == Part::page, changes};
}

/// "change a 7.2, delete b 7.3"
std::string text(const TreeNews& news) {
    std::string text;
    for (const auto& [path, change] : news.changes) {
        const auto version = *parse_version(change.version);
        text += (text.empty() ? "" : ", ") + std::string(to_string(change.event)) + ' ' + path +
                ' ' + std::to_string(version.epoch) + '.' + std::to_string(version.revision);
    }
    return text;
}

KnownFiles knowing(const std::vector<FeedChange>& files) {
    KnownFiles known(FirstState::skip);
    BOOST_TEST(text(known.apply(reset(files))) == "");
    return known;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_state_is_reported_or_not_in_all_its_pages) {
    for (const auto first_state : {FirstState::report, FirstState::skip}) {
        const bool reports = first_state == FirstState::report;
        KnownFiles known(first_state);

        BOOST_TEST(
            text(known.apply(reset({file("a", {7, 1})}, Part::page))) ==
            (reports ? "change a 7.1" : "")
        );
        BOOST_TEST(
            text(known.apply(news({file("b", {7, 2})}, Part::page))) ==
            (reports ? "change b 7.2" : "")
        );
        BOOST_TEST(text(known.apply(news({file("a", {7, 3})}))) == (reports ? "change a 7.3" : ""));
        BOOST_TEST(text(known.apply(news({file("b", {7, 4})}))) == "change b 7.4");
    }
}

BOOST_AUTO_TEST_CASE(a_change_has_what_the_feed_knows) {
    auto known = knowing({});

    const auto hashed = known.apply(news({file("a", {7, 2}, "one")})).changes;
    const auto unread = known.apply(news({file("b", {7, 3})})).changes;

    BOOST_REQUIRE(hashed.size() == 1U);
    BOOST_TEST(hashed[0].change.version == "0000000000000007.2");
    BOOST_TEST(hashed[0].change.sha256 == to_hex(sha256_of("one")));
    BOOST_TEST(hashed[0].change.size == 3U);
    BOOST_TEST(hashed[0].change.mtime.value() == 1000);
    BOOST_REQUIRE(unread.size() == 1U);
    BOOST_TEST(unread[0].change.sha256 == "");
}

BOOST_AUTO_TEST_CASE(only_another_content_is_a_change) {
    struct Row {
        const char* what;
        FeedChange known;
        FeedChange next;
        bool is_change;
    };
    auto other_mode = file("a", {7, 1}, "one");
    other_mode.mode = 0600;
    auto stale = file("a", {7, 1}, "one");
    stale.reason = "unreadable";
    auto other_nanosecond = file("a", {8, 1});
    other_nanosecond.mtime->nanoseconds = 6;
    auto no_mtime = file("a", {8, 1});
    no_mtime.mtime.reset();
    const std::vector<Row> rows{
        {"another mode", file("a", {7, 1}, "one"), other_mode, false},
        {"stale", file("a", {7, 1}, "one"), stale, false},
        {"hash gets known", file("a", {7, 1}), file("a", {7, 1}, "one"), false},
        {"touched", file("a", {7, 1}, "one"), file("a", {7, 2}, "one", 2000), false},
        {"other hash", file("a", {7, 1}, "one"), file("a", {7, 2}, "two"), true},
        {"other hash, new epoch", file("a", {7, 1}, "one"), file("a", {8, 1}, "two"), true},
        {"same hash, new epoch", file("a", {7, 1}, "one"), file("a", {8, 9}, "one", 2000), false},
        {"unread, new version", file("a", {7, 1}), file("a", {7, 2}), true},
        {"hashed, unread version", file("a", {7, 1}, "one"), file("a", {7, 2}), true},
        {"unread, new epoch", file("a", {7, 1}), file("a", {8, 1}), false},
        {"hashed, unread in new epoch", file("a", {7, 1}, "one"), file("a", {8, 1}), false},
        {"unread, new epoch and mtime", file("a", {7, 1}), file("a", {8, 1}, nullptr, 9), true},
        {"unread, new epoch and size",
         file("a", {7, 1}),
         file("a", {8, 1}, nullptr, 1000, 4),
         true},
        {"unread, new epoch and nanosecond", file("a", {7, 1}), other_nanosecond, true},
        {"unread, new epoch without mtime", file("a", {7, 1}), no_mtime, true},
    };
    for (const auto& row : rows)
        for (const bool is_reset : {false, true})
            BOOST_TEST_CONTEXT(row.what << (is_reset ? " in a reset" : "")) {
                auto known = knowing({row.known});
                const auto next = known.apply(is_reset ? reset({row.next}) : news({row.next}));
                BOOST_TEST(next.changes.size() == (row.is_change ? 1U : 0U));
            }
}

BOOST_AUTO_TEST_CASE(a_known_hash_outlives_an_epoch_in_which_it_is_not_known) {
    auto known = knowing({file("a", {7, 1}, "one")});

    BOOST_TEST(text(known.apply(reset({file("a", {8, 1})}))) == "");
    BOOST_TEST(text(known.apply(reset({file("a", {9, 1}, "one", 2000)}))) == "");
}

BOOST_AUTO_TEST_CASE(a_deletion_is_reported_once) {
    auto known = knowing({file("a", {7, 1})});

    BOOST_TEST(
        text(known.apply(news({deleted("a", {7, 2}), deleted("b", {7, 2})}))) == "delete a 7.2"
    );
    BOOST_TEST(text(known.apply(news({deleted("a", {7, 2})}))) == "");
    BOOST_TEST(text(known.apply(news({file("a", {7, 3})}))) == "change a 7.3");
}

BOOST_AUTO_TEST_CASE(what_a_reset_does_not_list_is_deleted_when_it_is_complete) {
    auto known = knowing({file("a", {7, 1}), file("b", {7, 1}), file("c", {7, 1})});

    BOOST_TEST(text(known.apply(reset({file("b", {8, 1})}, Part::page))) == "");
    BOOST_TEST(
        text(known.apply(news({file("d", {8, 1})}))) == "change d 8.1, delete a 9.99, delete c 9.99"
    );
    BOOST_TEST(text(known.apply(news({}))) == "");
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_of_another_begins_anew) {
    auto known = knowing({file("a", {7, 1}), file("b", {7, 1})});

    BOOST_TEST(text(known.apply(reset({file("a", {8, 1})}, Part::page))) == "");
    BOOST_TEST(text(known.apply(reset({file("b", {9, 1})}, Part::page))) == "");
    BOOST_TEST(text(known.apply(news({}))) == "delete a 9.99");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_served_is_no_deletion) {
    auto known = knowing({file("a", {7, 1}, "one")});

    const auto lost = known.apply(news({unavailable("a", {7, 2})}));
    const auto still = known.apply(reset({unavailable("a", {8, 1})}));
    const auto back = known.apply(news({file("a", {8, 2}, "one")}));

    BOOST_TEST(text(lost) == "");
    BOOST_REQUIRE(lost.troubles.size() == 1U);
    BOOST_TEST(lost.troubles[0].path == "a");
    BOOST_TEST(lost.troubles[0].reason == "unreadable");
    BOOST_TEST(text(still) == "");
    BOOST_TEST(still.troubles.empty());
    BOOST_TEST(text(back) == "");
    BOOST_REQUIRE(back.troubles.size() == 1U);
    BOOST_TEST(back.troubles[0].reason == "");
    BOOST_TEST(text(known.apply(news({unavailable("a", {8, 3})}))) == "");
    BOOST_TEST(text(known.apply(news({file("a", {8, 4}, "two")}))) == "change a 8.4");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_never_served_comes_and_goes_unreported) {
    auto known = knowing({unavailable("a", {7, 1})});

    BOOST_TEST(text(known.apply(news({deleted("a", {7, 2})}))) == "");
}

BOOST_AUTO_TEST_SUITE_END()
