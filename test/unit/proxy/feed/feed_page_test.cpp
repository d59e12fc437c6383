#include "proxy/feed/feed_page.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(feed_page)

namespace {

struct Change {
    const char* path;
    std::uint64_t revision;
};
using Changes = std::vector<Change>;

std::vector<ListedFile> listed(const Changes& changes) {
    std::vector<ListedFile> files;
    for (const Change& change : changes) {
        ListedFile file;
        file.path = change.path;
        file.record.change_revision = change.revision;
        files.push_back(file);
    }
    return files;
}

std::string text_of(const std::vector<ListedFile>& files) {
    std::string text;
    for (const ListedFile& file : files)
        text += file.path + std::to_string(file.record.change_revision) + ' ';
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_ends_at_the_limit_but_never_inside_a_revision) {
    const Changes changes{{"e", 9}, {"b", 4}, {"a", 7}, {"c", 4}, {"d", 7}, {"a", 2}};
    const std::string all = "a2 b4 c4 a7 d7 e9 ";
    struct {
        Changes changed;
        std::size_t limit;
        std::string files;
        std::uint64_t revision;  // of the cursor
        bool more;
    } const cases[] = {
        {{}, 1, "", 20, false},
        {changes, 1, "a2 ", 2, true},
        {changes, 2, "a2 b4 c4 ", 4, true},
        {changes, 3, "a2 b4 c4 ", 4, true},
        {changes, 4, "a2 b4 c4 a7 d7 ", 7, true},
        {changes, 5, "a2 b4 c4 a7 d7 ", 7, true},
        {changes, 6, all, 20, false},
        {changes, 7, all, 20, false},
        {changes, 5000, all, 20, false},
        {{{"c", 3}, {"b", 3}, {"a", 3}}, 1, "a3 b3 c3 ", 20, false},
        {{{"c", 3}, {"b", 3}, {"a", 2}}, 2, "a2 b3 c3 ", 20, false},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT("limit " << each.limit) {
            const FeedPage page = cut_changes(listed(each.changed), 5, 20, each.limit);
            BOOST_TEST(text_of(page.files) == each.files);
            BOOST_TEST((page.cursor == FeedCursor{{5, each.revision}, {}}));
            BOOST_TEST(page.more == each.more);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
