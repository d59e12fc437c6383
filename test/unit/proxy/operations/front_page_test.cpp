#include "proxy/operations/front_page.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(front_page)

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_are_the_first_of_the_root_without_hidden_ones) {
    TopNames names;
    for (const char* const path : {"z", "conf/b", "conf/a", "a", ".git/x", "only/.hidden", "a"})
        names.add(path);

    BOOST_TEST((names.names() == std::vector<std::string>{"a", "conf/", "z"}));
    BOOST_TEST(!names.overflowed());

    for (std::size_t i = 100; i < 100 + front_page_names_max; ++i)
        names.add("n" + std::to_string(i));
    BOOST_TEST(names.names().size() == front_page_names_max);
    BOOST_TEST(names.names().front() == "a");
    BOOST_TEST(names.overflowed());
}

BOOST_AUTO_TEST_CASE(names_are_escaped_as_url_and_as_html) {
    const FrontPage page{
        .instance = "demo",
        .files = 3,
        .names = {"<b>\"&'.txt", "a b?#%+/", "new\nline"},
        .more_names = true};

    const std::string html = front_page_html(page);
    const std::string text = front_page_text(page);

    BOOST_TEST(
        has(html, "<a href=\"/v1/files/%3Cb%3E%22%26%27.txt\">&lt;b&gt;&quot;&amp;&#39;.txt</a>"),
        html
    );
    BOOST_TEST(has(html, "<a href=\"/v1/changes?prefix=a%20b%3F%23%25%2B/\">a b?#%+/</a>"), html);
    BOOST_TEST(has(html, "<a href=\"/v1/files/new%0Aline\">new\\x0aline</a>"), html);
    BOOST_TEST(!has(html, "<b>"));
    BOOST_TEST(has(text, "  /v1/files/new%0Aline\n  ...\n"), text);
    BOOST_TEST(has(text, "3 files"), text);
}

BOOST_AUTO_TEST_CASE(a_tree_that_is_not_read_yet_is_said_so) {
    const FrontPage page{.instance = "demo", .files = {}};
    BOOST_TEST(has(front_page_text(page), "still reading"));
    BOOST_TEST(has(front_page_html(page), "still reading"));
    BOOST_TEST(has(front_page_text({.instance = "demo", .files = 1}), "1 file,"));
}

BOOST_AUTO_TEST_CASE(html_is_for_those_who_name_it) {
    struct {
        const char* accept;
        bool html;
    } const cases[] = {
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
        {"application/json, TEXT/HTML ; q=0.1", true},
        {"text/html;level=1", true},
        {"text/html;q=0", false},
        {"text/html; q=0.000", false},
        {"*/*", false},
        {"text/*", false},
        {"text/html2", false},
        {"", false},
    };
    for (const auto& each : cases)
        BOOST_TEST(wants_html(each.accept) == each.html, each.accept);
}

BOOST_AUTO_TEST_SUITE_END()
