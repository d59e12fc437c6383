#include "daemon/syncs.hpp"

#include "base/version.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(syncs)

namespace {

const Clock::time_point start = Clock::time_point() + 1000h;

struct Fixture : ObjectFixture {
    ipc::CatalogWriter catalog{directory};
    WorkList works;
    Syncs all{works, catalog};
    std::string said;

    void ask(std::vector<std::string> paths = {}) {
        all.begin(std::move(paths), [this](const std::string& answer) {
            said = answer;
        });
        all.on_drained();
    }
    std::string cursor() const {
        return to_string(Version{catalog.epoch(), catalog.newest_revision()});
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(typed_paths_are_relative_to_the_root_or_below_it) {
    struct Row {
        const char* typed;
        const char* path;  // null: none
    };
    for (const Row& row :
         {Row{"a/b", "a/b"},
          Row{"./a//b/", "a/b"},
          Row{"a/../b", "b"},
          Row{".", ""},
          Row{"/srv/tree", ""},
          Row{"/srv/tree/", ""},
          Row{"/srv/tree/a", "a"},
          Row{"/real/a/b", "a/b"},
          Row{"/srv/trees/a", nullptr},
          Row{"/etc/passwd", nullptr},
          Row{"../a", nullptr},
          Row{"/srv/tree/../x", nullptr}}) {
        const auto path = path_below({"/srv/tree", "/real"}, row.typed);
        BOOST_TEST(path.has_value() == (row.path != nullptr), row.typed);
        if (path && row.path != nullptr)
            BOOST_TEST(*path == row.path, row.typed);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_names_each_path_once_and_not_too_many) {
    std::vector<LeftOut> left{{"b c", "writer", "w"}, {"a", "hung", "h"}, {"a", "unreadable", "u"}};
    BOOST_TEST(sync_answer("1.2", left) == "1.2\nleft hung a h\nleft writer b%20c w");
    BOOST_TEST(sync_answer("1.2", {}) == "1.2");
    BOOST_TEST(sync_answer("1.2", {{"", "lost", "l"}}) == "1.2\nleft lost . l");
    left.clear();
    for (int i = 0; i < 107; ++i)
        left.push_back({std::to_string(i), "writer", "w"});
    const std::string answer = sync_answer("1.2", left);
    BOOST_TEST(std::ranges::count(answer, '\n') == 101);
    BOOST_TEST(answer.ends_with("\nmore 7"));
}

BOOST_FIXTURE_TEST_CASE(what_is_under_way_is_waited_for_and_what_is_held_up_is_named, Fixture) {
    Work& sick = works.note("sick", {});
    Work& busy = works.note("busy", {});
    sick.setbacks.error = system_error(EIO);
    sick.setbacks.read.fail();
    ask();

    all.answer({}, start);
    BOOST_TEST(said == "");
    works.finish(busy, start);
    works.note("later", {});  // after the question
    all.answer({}, start);

    BOOST_TEST(said == cursor() + "\nleft unreadable sick " + system_error(EIO).message());
    BOOST_TEST(!all.any());
}

BOOST_FIXTURE_TEST_CASE(paths_ask_for_themselves_and_what_is_below_them, Fixture) {
    publish(catalog, "a/f");
    publish(catalog, "b");
    works.note("a/f", {}).writer.begin_wait();
    works.note("ab", {});  // under way
    ask({"b"});
    all.answer({}, start);
    BOOST_TEST(said == cursor());

    ask({"a"});
    all.answer({}, start);
    BOOST_TEST(said == cursor() + "\nleft writer a/f a writer has it open");
}

BOOST_FIXTURE_TEST_CASE(a_path_that_is_nothing_is_told_from_one_that_was_deleted, Fixture) {
    const auto gone = publish(catalog, "gone");
    publish_deletion(catalog, gone);
    ask({"gone"});
    all.answer({}, start);
    BOOST_TEST(said == cursor());

    ask({"never was"});
    all.answer({}, start);
    BOOST_TEST(said == "unknown never%20was");
}

BOOST_FIXTURE_TEST_CASE(a_path_that_is_not_served_is_named, Fixture) {
    const auto file = publish(catalog, "key");
    ipc::CatalogPublication publication(catalog, 0);
    ipc::Record record = present_record(publication.revision());
    record.state = ipc::FileState::unavailable;
    record.reason = ipc::UnavailableReason::private_file;
    publication.announce(file, record);
    publication.commit();
    ask();
    all.answer({}, start);
    BOOST_TEST(said == cursor());  // it is published as what it is

    ask({"key"});
    all.answer({}, start);
    BOOST_TEST(said == cursor() + "\nleft private key it is not served");
}

BOOST_FIXTURE_TEST_CASE(a_lost_directory_stands_for_all_that_it_holds, Fixture) {
    publish(catalog, "d/f");
    publish(catalog, "e");
    Work& work = works.note("d/f", {});
    work.setbacks.look.fail();
    const std::vector<LeftOut> lost{{"d", "lost", "it is gone"}};
    ask();
    all.answer(lost, start);
    BOOST_TEST(said == cursor() + "\nleft lost d it is gone");

    ask({"d/f"});
    all.answer(lost, start);
    BOOST_TEST(said == cursor() + "\nleft lost d it is gone");
    ask({"e"});
    all.answer(lost, start);
    BOOST_TEST(said == cursor());
}

BOOST_AUTO_TEST_SUITE_END()
