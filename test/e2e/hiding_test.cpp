// What is hidden, and how it comes to be seen, with the built programs.
#include "test/support/serving.hpp"
#include "test/support/shell.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(hiding)

namespace {

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

}  // namespace

BOOST_AUTO_TEST_CASE(dot_files_and_what_lies_in_dot_directories_are_hidden) {
    const Serving serving(Files{{".f", "x"}, {".d/f", "x"}, {"d/.f", "x"}, {"d/f", "seen"}});
    serving.tree().write(".later", "x");
    serving.tree().write(".d/later", "x");
    serving.sync();

    for (const char* path : {".f", ".d/f", "d/.f", ".later", ".d/later"})
        BOOST_TEST(serving.get(path).status == 404, path);
    BOOST_TEST(serving.get("d/f").body == "seen");
}

BOOST_AUTO_TEST_CASE(dot_files_are_served_when_asked_for) {
    const Serving serving(Files{{".f", "one"}, {".d/f", "two"}}, {"--hidden"});
    serving.tree().write(".d/.later", "three");
    serving.sync();

    BOOST_TEST(serving.get(".f").body == "one");
    BOOST_TEST(serving.get(".d/f").body == "two");
    BOOST_TEST(serving.get(".d/.later").body == "three");
}

BOOST_AUTO_TEST_CASE(a_visible_link_may_lead_through_a_hidden_directory) {
    const Serving serving(Files{{".store/conf", "one"}, {".store/dir/f", "in a directory"}});
    shell(serving.tree().path(), "ln -s .store/conf conf; ln -s .store/dir dir");
    serving.sync();
    const auto response = serving.get("conf");
    BOOST_TEST(response.body == "one");
    BOOST_TEST(serving.get("dir/f").body == "in a directory");
    BOOST_TEST(serving.get(".store/conf").status == 404);
    auto poll = serving.poll("conf", "wait=60&after=" + version_of(response));

    serving.tree().write(".store/conf", "two");

    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(what_an_option_says_is_ignored) {
    const Serving serving(
        Files{{"f.log", "x"}, {"d/f.log", "x"}, {"build/f", "x"}, {"f", "seen"}},
        {"--ignore", "*.log", "--ignore", "build/"}
    );
    serving.tree().write("later.log", "x");
    serving.sync();

    for (const char* path : {"f.log", "d/f.log", "build/f", "later.log"})
        BOOST_TEST(serving.get(path).status == 404, path);
    BOOST_TEST(serving.get("f").body == "seen");
}

BOOST_AUTO_TEST_CASE(an_edit_of_treecastignore_hides_and_shows_at_once) {
    const Serving serving(Files{
        {".treecastignore", "*.tmp\n!keep.tmp\n"},
        {"a.tmp", "a"},
        {"keep.tmp", "keep"},
        {"d/b", "b"}});
    BOOST_TEST(serving.get("a.tmp").status == 404);
    BOOST_TEST(serving.get("keep.tmp").body == "keep");
    auto comes = serving.poll("a.tmp", "wait=60");
    auto goes = serving.poll("d/b", "wait=60&after=" + version_of(serving.get("d/b")));
    BOOST_TEST(serving.wait_for_subscribers(2));

    serving.tree().replace(".treecastignore", "/d/\n");

    BOOST_TEST(comes.receive().body == "a");
    BOOST_TEST(goes.receive().status == 404);
    serving.tree().write("d/later", "x");
    serving.sync();
    BOOST_TEST(serving.get("d/later").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
