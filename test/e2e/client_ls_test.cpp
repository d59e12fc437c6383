// `treecast ls` as a program: against the real server, and against ones that are none of ours.
#include "base/hexadecimal.hpp"
#include "test/support/run_client.hpp"
#include "test/support/serving.hpp"
#include "test/unit/client/fake_tree.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_ls)

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

/// The paths of the lines of --json, each followed by a bar.
std::string paths(const Run& run) {
    BOOST_TEST_CONTEXT(run.error)
    BOOST_TEST(run.code == 0);
    std::string text;
    for (const auto& line : lines_of(run.output)) {
        const auto object = boost::json::parse(line).as_object();
        text += std::string(object.at("path").as_string()) + '|';
    }
    return text;
}

std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string page(const std::string& cursor, bool reset, const std::string& path) {
    return ok(
        R"({"instance":"x","cursor":")" + cursor + R"(","reset":)" + (reset ? "true" : "false") +
        R"(,"same":false,"more":)" + (cursor.find("-") != cursor.npos ? "true" : "false") +
        R"(,"changes":[{"path":")" + path + R"(","version":"0000000000000007.1","size":3,)" +
        R"("mtime":null,"mode":"0644","sha256":null}]})"
    );
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_a_file_a_glob_and_the_whole_tree) {
    const Serving serving(
        {{"a.json", "1"}, {"conf/b.json", "22"}, {"conf/d/c.txt", "333"}, {"confer", "4444"}}
    );
    serving.sync();
    struct Row {
        const char* url;
        const char* paths;
    };
    const std::array rows{
        Row{"", "a.json|conf/b.json|conf/d/c.txt|confer|"},
        Row{"/", "a.json|conf/b.json|conf/d/c.txt|confer|"},
        Row{"/v1/files/", "a.json|conf/b.json|conf/d/c.txt|confer|"},
        Row{"/conf/", "conf/b.json|conf/d/c.txt|"},
        Row{"/conf", "conf/b.json|conf/d/c.txt|"},
        Row{"/v1/files/conf/d/", "conf/d/c.txt|"},
        Row{"/confer", "confer|"},
        Row{"/**/*.json", "a.json|conf/b.json|"},
        Row{"/conf/?.json", "conf/b.json|"},
        Row{"/[ac]*", "a.json|confer|"},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.url)
    BOOST_TEST(
        paths(run_client({"ls", "--json", serving.server().origin() + row.url})) == row.paths
    );

    for (const auto* const nothing : {"/missing", "/a.json/", "/**/*.yaml", "/%2A"})
        check_one_line(
            run_client({"ls", serving.server().origin() + nothing}),
            5,
            "nothing is there"
        );
}

BOOST_AUTO_TEST_CASE(an_empty_tree_is_no_error) {
    const Serving serving;

    const auto run = run_client({"ls", serving.server().origin()});

    BOOST_TEST(run.code == 0);
    BOOST_TEST(run.output == "");
}

BOOST_AUTO_TEST_CASE(odd_names_are_one_line_each_for_people_and_exact_as_json) {
    const Serving serving({{"d/a\nb", "1"}, {"d/ *?[\"]\\ %41", "22"}, {"d/\x1B[2J", "333"}});
    ::chmod((serving.tree() / "d/a\nb").c_str(), 0604);
    serving.sync();

    const auto shown = run_client({"ls", serving.server().origin() + "/d/"});
    const auto json = run_client({"ls", "--json", serving.server().origin() + "/d/"});
    const auto one =
        run_client({"ls", "--json", serving.server().origin() + "/d/%20%2A%3F%5B%22%5D%5C%20%2541"}
        );

    const auto lines = lines_of(shown.output);
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0].ends_with("Z d/\\x1b[2J"));
    BOOST_TEST(lines[1].starts_with("0644 2 20"));
    BOOST_TEST(lines[1].ends_with("Z d/ *?[\"]\\\\ %41"));
    BOOST_TEST(lines[2].starts_with("0604 1 20"));
    BOOST_TEST(lines[2].ends_with("Z d/a\\x0ab"));
    BOOST_TEST(paths(json) == "d/\x1B[2J|d/ *?[\"]\\ %41|d/a\nb|");
    BOOST_TEST(paths(one) == "d/ *?[\"]\\ %41|");
    const auto listed = http_get(serving.server(), "/v1/changes?prefix=d/a").body;
    BOOST_TEST(listed.find(lines_of(json.output)[2]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_served_is_marked) {
    const Serving serving(
        {{"big", std::string(2000, 'x')}, {"small", "1"}},
        {"--max-file-size=1000"}
    );
    serving.sync();

    const auto lines = lines_of(run_client({"ls", serving.server().origin()}).output);

    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(lines[0] == "-    - -                    big (unavailable: too_large)");
    BOOST_TEST(lines[1].ends_with("Z small"));
}

BOOST_AUTO_TEST_CASE(more_files_than_a_page_are_all_listed_in_order) {
    constexpr unsigned count = 11'003;
    const Serving serving;
    for (unsigned i = 0; i < count; ++i)
        serving.tree().write("d/" + std::string(HexWord(i * 2'654'435'761U).view()), "");
    serving.sync();

    const auto run = run_client({"ls", "--json", serving.server().origin() + "/d/"});

    BOOST_TEST(run.code == 0);
    const auto lines = lines_of(run.output);
    BOOST_TEST(lines.size() == count);
    BOOST_TEST(std::ranges::is_sorted(lines));
    BOOST_TEST((std::ranges::adjacent_find(lines) == lines.end()));
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_begins_anew) {
    FakeTree tree;
    tree.misbehave_once(page("0000000000000007.1.1-0", true, "old"));
    tree.misbehave_once(page("0000000000000008.1.1-0", true, "b"));
    tree.misbehave_once(page("0000000000000008.1", false, "a"));

    const auto run = run_client({"ls", "--json", tree.url("")});

    BOOST_TEST(paths(run) == "a|b|");
    const auto requests = tree.requests();
    BOOST_REQUIRE(requests.size() == 3U);
    BOOST_TEST(requests[0].starts_with("GET /v1/changes HTTP/1.1\r\n"));
    BOOST_TEST(requests[1].starts_with("GET /v1/changes?after=0000000000000007.1.1-0 HTTP/1.1\r\n")
    );
    BOOST_TEST(requests[2].starts_with("GET /v1/changes?after=0000000000000008.1.1-0 HTTP/1.1\r\n")
    );
}

BOOST_AUTO_TEST_CASE(every_failure_has_its_code_and_one_line) {
    FakeTree tree;
    const auto ls = [&](const std::string& answer) {
        tree.misbehave_once(answer);
        return run_client({"ls", tree.url("d/")});
    };

    check_one_line(ls("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"), 1, "HTTP 404");
    check_one_line(
        ls("HTTP/1.1 503 x\r\nContent-Length: 21\r\n\r\n{\"detail\":\"too busy\"}\n"),
        1,
        "HTTP 503: too busy"
    );
    check_one_line(ls(ok("<html>")), 1, "is no JSON");
    check_one_line(ls(ok("[]")), 1, "no change feed of Treecast");
    check_one_line(
        ls(page("0000000000000007.1", true, "../../etc/passwd")),
        1,
        "'../../etc/passwd'"
    );
    check_one_line(ls(page("0000000000000007.1", true, "a\\n/../b")), 1, "'a\\x0a/../b'");
    check_one_line(ls(page("0000000000000007.1", false, "a")), 1, "no present state");
    check_one_line(ls("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), 1, "incomplete");
    check_one_line(ls("HTTP/1.1 200 OK\r\n\r\n" + std::string(140'000'000, ' ')), 1, "longer than");
    check_one_line(ls("garbage\r\n\r\n"), 4, "");
    check_one_line(ls(""), 4, "");
    check_one_line(run_client({"ls", "http://127.0.0.1:1/"}), 4, "127.0.0.1");
    check_one_line(run_client({"ls"}), 2, "URL");
    check_one_line(run_client({"ls", "nonsense"}), 2, "nonsense");
    check_one_line(run_client({"ls", "http://h/[a"}), 2, "glob");
    check_one_line(run_client({"ls", "http://h/a", "http://h/b"}), 2, "http://h/b");
}

BOOST_AUTO_TEST_SUITE_END()
