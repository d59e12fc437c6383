#include "daemon/repairs.hpp"

#include "test/unit/daemon/intake_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;

namespace {

struct RepairsFixture : IntakeFixture {
    /// One read processes few events.
    RepairsFixture() : IntakeFixture({.events_at_once = 1}) {}

    Repairs repairs{intake, works, watcher};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(repairs_, RepairsFixture)

BOOST_AUTO_TEST_CASE(a_path_is_repaired_dropped_or_kept) {
    enum class End { repaired, dropped, kept };
    struct Row {
        std::string path;
        End end;
        std::function<void(const std::string&)> prepare;
    };
    const Row rows[] = {
        {"plain", End::repaired, [](const std::string&) {}},
        {".hidden", End::dropped, [](const std::string&) {}},
        {"looked at",
         End::kept,
         [&](const std::string& path) {
             works.note(path, {});
         }},
        {"held up",
         End::dropped,  // it is read again anyway
         [&](const std::string& path) {
             works.note(path, {}).writer.begin_wait();
         }},
        {"written",
         End::kept,  // its event may still report it
         [&](const std::string& path) {
             bool is_drained = false;
             for (int i = 0; i < 100; ++i)  // more events than one read processes
                 tree.write(path, "x");
             static_cast<void>(watcher.read(is_drained));
             BOOST_TEST(!is_drained);
         }},
    };
    for (const Row& row : rows) {
        read_tree();
        Repairs one{intake, works, watcher};
        row.prepare(row.path);
        one.add(row.path);
        BOOST_TEST(!one.run(now), row.path);
        BOOST_TEST(one.count() == (row.end == End::repaired ? 1U : 0U), row.path);

        if (Work* const work = works.find(row.path))
            works.finish(*work, now);
        read_tree();
        one.run(now);
        BOOST_TEST(one.count() == (row.end == End::dropped ? 0U : 1U), row.path);
    }
}

BOOST_AUTO_TEST_CASE(a_known_file_is_read_again_and_its_directory_too) {
    publish_file("d/f", 1);
    tree.write("d/f", "x");
    read_tree();
    repairs.add("d/f");
    repairs.run(now);

    BOOST_TEST_REQUIRE((works.find("d/f") != nullptr));
    BOOST_TEST(works.find("d/f")->notes.signs().closed);  // its bytes, whatever stat shows
    BOOST_TEST(watcher.scanning());
}

BOOST_AUTO_TEST_CASE(nothing_is_repaired_while_directories_are_read) {
    BOOST_TEST_REQUIRE(watcher.scanning());
    repairs.add("f");
    BOOST_TEST(!repairs.run(now));
    BOOST_TEST(repairs.count() == 0U);

    read_tree();
    repairs.run(now);
    BOOST_TEST(repairs.count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_turn_repairs_only_so_many) {
    read_tree();
    for (unsigned i = 0; i <= Repairs::per_turn; ++i)
        repairs.add("gone/f" + std::to_string(i));

    BOOST_TEST(repairs.run(now));
    BOOST_TEST(repairs.count() == Repairs::per_turn);
    read_tree();
    BOOST_TEST(!repairs.run(now));
    BOOST_TEST(repairs.count() == Repairs::per_turn + 1);
}

BOOST_AUTO_TEST_SUITE_END()
