// The commands that docs/http.md shows, run as they stand there: what is answered has the form that
// is shown. Numbers, hashes and dates differ, and what the page leaves out it shows as "...".
#include "test/support/needs.hpp"
#include "test/support/serving.hpp"

#include <boost/algorithm/string/erase.hpp>
#include <boost/algorithm/string/finder.hpp>
#include <boost/algorithm/string/iter_find.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(http_page, *needs(need::program("curl")))

namespace {

struct Shown {
    std::string command;
    std::string answer;
};

bool goes_on(const std::string& line) {
    return line.ends_with('\\') || line.ends_with("; do") || line.starts_with("    printf");
}

/// The indented lines of the page, from each `$ ` to the next.
std::vector<Shown> shown_on_page() {
    constexpr std::string_view indent = "    ";
    std::ifstream page(TREECAST_SOURCE_DIR "/docs/http.md");
    std::vector<Shown> all;
    bool is_shown = false;
    std::string last;
    for (std::string line; std::getline(page, line); last = line) {
        if (line.empty() && is_shown) {
            all.back().answer += '\n';
            continue;
        }
        const bool is_code = line.starts_with(indent);
        line = is_code ? line.substr(indent.size()) : line;
        if (is_code && line.starts_with("$ ")) {
            all.push_back({line.substr(2) + '\n', {}});
            is_shown = true;
        } else if (!is_code) {
            is_shown = false;
        } else if (is_shown && (goes_on(last) || line.starts_with("  done |"))) {
            all.back().command += line + '\n';
        } else if (is_shown) {
            all.back().answer += line + '\n';
        }
    }
    return all;
}

/// What is equal in all answers of one form.
std::string form_of(const std::string& answer) {
    static const std::vector<std::pair<std::regex, const char*>> rules{
        {std::regex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"), "DATE"},
        {std::regex("[0-9a-f]{16,}"), "HASH"},
        {std::regex("[0-9]+"), "0"},
        {std::regex("\\s+"), ""}};
    std::string form = answer;
    for (const auto& [pattern, replacement] : rules)
        form = std::regex_replace(form, pattern, replacement);
    return form;
}

/// Files are listed in no order.
std::string with_sorted_lines(const std::string& text) {
    std::istringstream stream(boost::erase_all_copy(text, "\r"));
    std::multiset<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        if (!line.empty())
            lines.insert(form_of(line));
    return boost::algorithm::join(lines, "\n");
}

/// `shown` may have "..." for anything.
bool has_form(const std::string& answer, const std::string& shown) {
    if (answer.find("multipart/mixed") != answer.npos)
        return with_sorted_lines(answer) == with_sorted_lines(shown);
    const std::string form = form_of(answer);
    const std::string pattern = form_of(shown);
    std::vector<std::string> parts;
    boost::iter_split(parts, pattern, boost::first_finder("..."));
    if (parts.size() == 1)
        return form == pattern;
    if (!form.starts_with(parts.front()))
        return false;
    std::string_view left = std::string_view(form).substr(parts.front().size());
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        const auto found = left.find(parts[i]);
        if (found == left.npos)
            return false;
        left.remove_prefix(found + parts[i].size());
    }
    return left.ends_with(parts.back());
}

/// Examples whose trees hold one more file.
struct Another {
    std::string_view part_of_command;
    std::string_view path;
    std::string content;
    std::filesystem::perms mode;
};
const std::vector<Another> other_files{
    {"multipart/mixed", "conf/large.bin", std::string(70'000, 'x'), std::filesystem::perms(0644)},
    {"/v1/archive/", "conf/sub/x", "x\n", std::filesystem::perms(0755)},
    {"routes.json", "routes.json", std::string(100'000, '1'), std::filesystem::perms(0644)}};

/// The tree of the page, and another one with media types of its own.
struct Demo {
    void prepare(const std::string& command) const {
        const auto& tree = serving.tree();
        if (!std::filesystem::exists(tree / "conf/app.conf"))
            tree.write("conf/app.conf", "hello\n");
        for (const auto& [part, path, content, mode] : other_files) {
            std::filesystem::remove(tree / path);
            if (command.find(part) == command.npos)
                continue;
            tree.write(path, content);
            std::filesystem::permissions(tree / path, mode);
        }
        serving.sync();
        http_get(serving.server(), "/v1/files/conf/app.conf");
    }
    std::string cursor() const {
        const std::string status = http_get(serving.server(), "/v1/status").body;
        std::smatch found;
        BOOST_TEST_REQUIRE(
            std::regex_search(status, found, std::regex("\"cursor\":\"([^\"]*)\"")),
            status
        );
        return found[1];
    }
    /// As it can be run here.
    std::string placed(const std::string& command) const {
        const bool has_types =
            command.find("policy/") != command.npos || command.find("targets/") != command.npos;
        const HttpServer& server = (has_types ? types : serving).server();
        const std::string port = std::to_string(server.port);
        return std::regex_replace(
            boost::replace_all_copy(command, "8420", port),
            std::regex("after=[0-9a-f]{16}\\.[0-9]+"),
            "after=" + cursor()
        );
    }
    std::string answer(const std::string& command) const;

    Serving serving{Files{{"app.conf", "hello\n"}, {"conf/app.conf", "hello\n"}}};
    Serving types{
        Files{{"policy/bundle.tar.gz", "1"}, {"targets/web", "2"}},
        {"--mime",
         "**/*.tar.gz=application/vnd.openpolicyagent.bundles",
         "--mime",
         "targets/**=application/json"}};
    TemporaryDirectory directory;
};

/// A file is deleted while a feed is held or events come.
std::string Demo::answer(const std::string& command) const {
    const bool is_stream = command.find("/v1/events") != command.npos;
    const bool is_held = command.find("prefix=conf/&wait=30") != command.npos;
    ChildProcess shell(
        "/bin/sh",
        {"-c", placed(command)},
        {.directory =
             command.find("cd conf ") != command.npos ? serving.tree().path() : directory.path()}
    );
    if (is_stream)
        BOOST_TEST(shell.wait_for_output("event: ready"));
    if (is_held)
        BOOST_TEST(serving.wait_for_subscribers(1));
    if (is_stream || is_held)
        std::filesystem::remove(serving.tree() / "conf/app.conf");
    if (is_stream) {
        BOOST_TEST(shell.wait_for_output("\"deleted\":true}\n"));
        shell.terminate();
    }
    BOOST_TEST(shell.wait().has_value(), command);
    const std::string said = shell.standard_output();
    return boost::replace_all_copy(said, serving.instance().name(), "demo");
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_command_is_answered_as_shown) {
    const Demo demo;
    std::string assignments;
    std::size_t count = 0;
    for (const Shown& shown : shown_on_page()) {
        if (shown.command.starts_with("digest="))
            assignments += shown.command;
        if (!shown.command.starts_with("curl ") && !shown.command.starts_with("cd conf "))
            continue;
        demo.prepare(shown.command);
        const std::string curl = shown.command.starts_with("curl -sN") ? "exec " : "";
        const std::string answer = demo.answer(assignments + curl + shown.command);
        BOOST_TEST(
            has_form(answer, shown.answer),
            shown.command + "is shown with\n" + shown.answer + "and answered\n" + answer
        );
        ++count;
    }
    BOOST_TEST(count >= 17u);
}

BOOST_AUTO_TEST_CASE(another_form_is_noticed) {
    BOOST_TEST(has_form("HTTP/1.1 200 OK\r\nA: 12\r\n\r\nb", "HTTP/1.1 200 OK\nA: 3\n\nb\n"));
    BOOST_TEST(has_form("one 1, two 2, three 3", "one 7, ... three 8"));
    BOOST_TEST(has_form("one 1, two 2", "one 7, ..."));
    const std::string parts = "Content-Type: multipart/mixed\n\nb: 1\na: 2\n";
    BOOST_TEST(has_form(parts, "Content-Type: multipart/mixed\n\na: 7\nb: 8\n"));
    BOOST_TEST(!has_form(parts, "Content-Type: multipart/mixed\n\na: 7\nc: 8\n"));
    BOOST_TEST(!has_form("one 1, two 2", "one 7"));
    BOOST_TEST(!has_form("one 1", "one 7, two 2"));
    BOOST_TEST(!has_form("no one 1", "one 7, ..."));
    BOOST_TEST(!has_form("one 1, two 2", "one 7, ... three 2"));
    BOOST_TEST(!has_form("one 1, two 2, three", "one 7, ... two 2"));
}

BOOST_AUTO_TEST_SUITE_END()
