#include "test/e2e/directories_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(directories)

using namespace treecast::test::directories_cases;

namespace {

constexpr int many = 30'000;  // what takes some seconds here; bench/trials.py has 200,000

/// Replaces a file, each time its subscriber has got it, until `done`. The longest that one took,
/// as a share of all that time.
double longest_edit(const Serving& serving, const std::function<bool()>& done) {
    HttpConnection subscriber(serving.server());
    std::string version = version_of(serving.get("edited"));
    Clock::duration longest{};
    const auto begin = Clock::now();
    for (int number = 0; Clock::now() - begin < 2 * patience; ++number) {
        const std::string content = std::to_string(number);
        const auto edited = Clock::now();
        serving.tree().replace("edited", content);
        for (HttpResponse news; news.body != content; version = version_of(news))
            news = subscriber.get("/v1/files/edited?wait=60&after=" + version);
        longest = std::max(longest, Clock::now() - edited);
        if (number % 8 == 0 && done())
            return std::chrono::duration<double>(longest) / (Clock::now() - begin);
    }
    BOOST_FAIL("the directory was not through in time");
    return 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_edit_elsewhere_does_not_wait_for_a_directory_of_many_files) {
    const TemporaryDirectory outside;
    for (int i = 0; i < many; ++i)
        outside.write("big/" + std::to_string(i), "");
    const Serving serving(Files{{"edited", ""}});
    const std::string last = '/' + std::to_string(many - 1);
    const auto statuses = [&](const std::string& directory) {
        return std::set<unsigned>{
            serving.get(directory + "/0").status,
            serving.get(directory + last).status};
    };
    const std::set<unsigned> present{200};
    const std::set<unsigned> absent{404};

    fs::rename(outside / "big", serving.tree() / "first");
    BOOST_TEST(longest_edit(serving, [&] {
                   return statuses("first") == present;
               }) < 0.25);
    fs::rename(serving.tree() / "first", serving.tree() / "second");
    BOOST_TEST(longest_edit(serving, [&] {
                   return statuses("second") == present && statuses("first") == absent;
               }) < 0.25);
    fs::rename(serving.tree() / "second", outside / "big");
    BOOST_TEST(longest_edit(serving, [&] {
                   return statuses("second") == absent;
               }) < 0.25);
    serving.sync();
    BOOST_TEST(serving.get("second/0").status == 404U);
}

namespace {

/// A tree with a directory of many files, in which a program does something to each of them.
struct ManyFiles {
    ManyFiles() {
        for (int i = 0; i < many; ++i)
            serving.tree().write("big/" + std::to_string(i), "");
        serving.sync();
    }

    /// The longest edit elsewhere, as a share of all the time until all have the status and
    /// whoever waits for that has been told.
    double longest_edit_while(const std::string& script, unsigned status) const {
        ChildProcess program("/bin/sh", {"-c", "cd " + serving.tree().path() + " && " + script});
        std::optional<ChildProcess> sync;
        const double share = longest_edit(serving, [&] {
            if (program.is_running())
                return false;
            if (!sync)
                sync.emplace(
                    treecast_program,
                    std::vector<std::string>{"sync", "--instance", serving.instance().name()}
                );
            return !sync->is_running();
        });
        for (const int number : {0, 1, many / 2, many - 1})
            BOOST_TEST(serving.get("big/" + std::to_string(number)).status == status);
        return share;
    }

    Serving serving{Files{{"edited", ""}}};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_edit_elsewhere_does_not_wait_for_chmod_of_many_files, ManyFiles) {
    BOOST_TEST(longest_edit_while("chmod -R o-r big", 403) < 0.25);
}

BOOST_FIXTURE_TEST_CASE(an_edit_elsewhere_does_not_wait_for_the_removal_of_many_files, ManyFiles) {
    BOOST_TEST(longest_edit_while("rm -r big", 404) < 0.25);
}

BOOST_AUTO_TEST_SUITE_END()
