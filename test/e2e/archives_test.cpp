// Archives of directories, with the built programs, curl and tar.
#include "base/sha256.hpp"
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"
#include "test/support/shown_lines.hpp"
#include "test/support/tar_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>

using namespace treecast::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(archives)

namespace {

HttpResponse
archive(const Serving& serving, const std::string& name, const HttpHeaders& headers = {}) {
    return http_get(serving.server(), "/v1/archive/" + name, headers);
}

/// A shell script of docs/http.md that keeps DIRECTORY/current equal to what is served. It unpacks
/// each archive beside the last one and renames.
class Follower {
public:
    /// `first`: the script's first line.
    Follower(const Serving& serving, const std::string& name, const std::string& first)
        : shell_(
              "/bin/sh",
              {"-c", shown_lines("docs/http.md", first)},
              {.environment = {{"URL", serving.server().origin() + "/v1/archive/" + name}},
               .directory = directory_.path()}
          ) {}
    ~Follower() {
        shell_.signal(SIGSTOP);
        if (const pid_t curl = child_of(shell_.pid(), "curl"); curl != 0)
            ::kill(curl, SIGKILL);
    }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    /// Whether it soon has the files of a directory with their modes.
    bool has(const std::string& directory) const {
        return poll_until([&] {
            ChildProcess diff("/usr/bin/diff", {"-r", directory, directory_ / "current"});
            return diff.wait() == 0;
        });
    }

private:
    TemporaryDirectory directory_;
    ChildProcess shell_;
};

/// States of the directory `set/`, as one text each, by their versions.
class States {
public:
    void add(const std::string& version, const std::string& state) {
        const std::lock_guard guard(mutex_);
        states_.emplace(version, state);
    }
    std::multimap<std::string, std::string> all() const {
        const std::lock_guard guard(mutex_);
        return states_;
    }

private:
    mutable std::mutex mutex_;
    std::multimap<std::string, std::string> states_;
};

/// What an archive of `set/` holds, as States has it.
std::string state_in(std::string_view archive) {
    std::string state;
    for (const TarEntry& entry : read_tar(archive))
        state +=
            "set/" + entry.path + ' ' + treecast::to_hex(treecast::sha256_of(entry.content)) + '\n';
    return state;
}

/// How many lines of a state another one has too.
std::size_t lines_in_both(const std::string& state, const std::string& other) {
    std::size_t count = 0;
    std::istringstream lines(state);
    for (std::string line; std::getline(lines, line);)
        count += static_cast<std::size_t>(other.find(line) != std::string::npos);
    return count;
}

/// Records archives until it is stopped; with `is_held`, each next one is waited for. The first one
/// that cannot be read counts as a state, which no tree had.
void record_archives(
    const std::stop_token& stop,
    const HttpServer& server,
    bool is_held,
    States& states
) {
    HttpHeaders headers;
    try {
        while (!stop.stop_requested()) {
            const auto answer = http_get(server, "/v1/archive/set.tar", headers);
            if (answer.status != 200)
                continue;
            if (is_held)
                headers = {{"If-None-Match", answer.header("ETag")}, {"Prefer", "wait=2"}};
            states.add(answer.header("Treecast-Version"), state_in(answer.body));
        }
    } catch (const std::exception& error) {
        states.add("what could not be read", error.what());
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(curl_and_tar_follow_a_directory) {
    const Serving serving(Files{{"d/a", "1"}, {"d/sub/b", "1"}, {"e", "1"}});
    const std::string directory = serving.tree() / "d";
    const Follower by_tag(serving, "d.tar.gz", "touch tag");
    const Follower by_version(serving, "d.tar.gz", "version=");
    const auto check = [&] {
        BOOST_TEST(by_tag.has(directory));
        BOOST_TEST(by_version.has(directory));
    };
    check();
    serving.tree().replace("d/a", "22");
    check();
    serving.tree().write("d/new/c", "3");
    check();
    fs::remove_all(directory + "/sub");
    check();
    // Another proxy and another daemon: the tag remains, the version does not.
    for (const char* const program : {"treecast-proxy", "treecast-daemon"}) {
        ::kill(serving.child(program), SIGKILL);
        serving.tree().replace("d/a", program);
        check();
    }
}

BOOST_AUTO_TEST_CASE(names_modes_and_contents_are_those_of_the_tree) {
    const std::string longest(255, 'x');
    const Serving serving(Files{
        {"d/" + longest + '/' + longest, "long"},
        {"d/line\nend", "newline"},
        {"d/\xc3\xa4 \xe2\x82\xac", "not ASCII"},
        {"d/-rf", "a dash"},
        {"d/b\\t", "a backslash"},
        {"d/empty", ""},
        {"d/run", "#!/bin/sh\n"},
        {"d/large", std::string(3'000'000, 'l')}});
    BOOST_TEST(::chmod((serving.tree() / "d/run").c_str(), 06755) == 0);
    serving.sync();
    for (const std::string ending : {".tar", ".tar.gz", ".tar.zst"}) {
        const TemporaryDirectory out;
        out.write("archive", archive(serving, "d" + ending).body);
        shell(
            out.path(),
            (ending == ".tar.zst"  ? "zstd -qdc"
             : ending == ".tar.gz" ? "gzip -dc"
                                   : "cat") +
                std::string(" <archive | tar x --warning=all 2>said; [ ! -s said ]; rm said archive"
                            " && diff -r . \"$OUT\" && [ \"$(stat -c %a run)\" = 755 ]"),
            serving.tree() / "d"
        );
    }
}

BOOST_AUTO_TEST_CASE(a_swapped_link_is_in_no_archive_by_halves) {
    constexpr int count = 500;
    Files files;
    std::map<std::string, std::string> whole;  // the state behind each target of the link
    for (const std::string version : {"a", "b"})
        for (int i = 0; i < count; ++i) {
            const std::string name = std::to_string(1000 + i);
            const std::string content = version + name;
            files.emplace_back("sets/" + version + '/' + name, content);
            whole[version] +=
                "set/" + name + ' ' + treecast::to_hex(treecast::sha256_of(content)) + '\n';
        }
    const Serving serving(files);
    const std::string link = serving.tree() / "set";
    fs::create_symlink("sets/a", link);
    serving.sync();
    States archives;
    std::vector<std::jthread> threads;
    for (const bool is_held : {true, false})
        threads.emplace_back(record_archives, serving.server(), is_held, std::ref(archives));

    const auto end = std::chrono::steady_clock::now() + 10s;
    std::size_t swaps = 0;
    for (; std::chrono::steady_clock::now() < end || swaps < 6; ++swaps) {
        fs::create_symlink(swaps % 2 == 0 ? "sets/b" : "sets/a", link + ".new");
        fs::rename(link + ".new", link);
        // The pauses are what is tried, and wait for nothing: most links are swapped again before
        // all files behind them were looked at, which takes some tens of milliseconds.
        if (swaps % 9 == 8)
            serving.sync();
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(5 * (swaps % 9)));
    }
    threads.clear();

    std::map<std::string, std::size_t> seen;
    for (const auto& [version, state] : archives.all()) {
        const auto is =
            std::ranges::find(whole, state, &std::pair<const std::string, std::string>::second);
        BOOST_TEST(
            (is != whole.end()),
            "no state of the tree in " << version << ": " << lines_in_both(state, whole["a"])
                                       << " files of a, " << lines_in_both(state, whole["b"])
                                       << " of b"
        );
        if (is != whole.end())
            ++seen[is->first];
    }
    BOOST_TEST_MESSAGE(swaps << " swaps, archives: " << seen["a"] << " and " << seen["b"]);
    BOOST_TEST(seen["a"] > 2u);
    BOOST_TEST(seen["b"] > 2u);
}

BOOST_AUTO_TEST_CASE(equal_trees_have_equal_archives) {
    const Serving one(Files{{"d/a", "1"}, {"d/b", "2"}});
    const Serving two(Files{{"d/b", "2"}, {"other", "3"}, {"d/a", "1"}});
    for (const std::string name : {"d.tar", "d.tar.gz", "d.tar.zst"}) {
        const auto first = archive(one, name);
        const auto second = archive(two, name);
        BOOST_TEST((first.body == second.body), name);
        BOOST_TEST(first.header("ETag") == second.header("ETag"));
        BOOST_TEST(first.header("Treecast-Version") != second.header("Treecast-Version"));
    }
    const auto tag = archive(one, "d.tar").header("ETag");
    for (const char* const program : {"treecast-daemon", "treecast-proxy"})
        ::kill(one.child(program), SIGKILL);
    BOOST_TEST(poll_until([&] {
        try {
            return archive(one, "d.tar", {{"If-None-Match", tag}}).status == 304;
        } catch (const std::exception&) {
            return false;  // the proxy is being started
        }
    }));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_served_refuses_the_archive_and_private_files_are_not_seen) {
    const Serving serving(
        Files{{"d/a", "1"}, {"d/private", "2"}, {"e/large", std::string(5000, 'x')}},
        {"--max-file-size", "4K"}
    );
    BOOST_TEST(::chmod((serving.tree() / "d/private").c_str(), 0600) == 0);
    serving.sync();
    BOOST_TEST(listed(read_tar(archive(serving, "d.tar").body)) == "a=1");
    for (const std::string name : {"e.tar", ".tar.gz"}) {
        const auto refused = archive(serving, name);
        BOOST_TEST(refused.status == 503);
        BOOST_TEST((refused.body.find("'e/large'") != std::string::npos), refused.body);
    }
    HttpConnection held(serving.server());
    held.send_request("GET", "/v1/archive/none.tar?wait=30");
    BOOST_TEST_REQUIRE(serving.wait_for_subscribers(1));
    serving.tree().write("none/first", "3");
    BOOST_TEST(listed(read_tar(held.receive().body)) == "first=3");
}

BOOST_AUTO_TEST_SUITE_END()
