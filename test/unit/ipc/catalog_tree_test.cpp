// Directories, what lies below them, and the reuse of what is gone.
#include "ipc/file_date.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <set>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(catalog_tree, ObjectFixture)

namespace {

std::set<std::string> below(const CatalogWriter& writer, std::string_view directory) {
    std::set<std::string> paths;
    writer.for_each_below(directory, [&](FileId file, const Record&) {
        paths.insert(writer.path(file));
    });
    return paths;
}

std::set<std::string> children(const CatalogWriter& writer, std::string_view directory) {
    std::set<std::string> paths;
    for (const FileId file : writer.children(directory))
        paths.insert(writer.path(file));
    return paths;
}

using Paths = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(children_and_descendants_are_those_below) {
    CatalogWriter writer(directory);
    for (const char* path : {"a/b/c", "a/b/d", "a/e", "ab/f", "g"})
        publish(writer, path);

    BOOST_TEST((children(writer, "") == Paths{"a", "ab", "g"}));
    BOOST_TEST((children(writer, "a") == Paths{"a/b", "a/e"}));
    BOOST_TEST((children(writer, "g") == Paths{}));
    BOOST_TEST((children(writer, "missing") == Paths{}));
    BOOST_TEST((below(writer, "a") == Paths{"a/b/c", "a/b/d", "a/e"}));
    BOOST_TEST((below(writer, "") == Paths{"a/b/c", "a/b/d", "a/e", "ab/f", "g"}));
    BOOST_TEST((below(writer, "g") == Paths{}));
}

BOOST_AUTO_TEST_CASE(a_visitor_may_give_back_what_it_visits) {
    CatalogWriter writer(directory);
    for (int i = 0; i < 100; ++i)
        BOOST_REQUIRE(writer.find_or_make("d/" + std::to_string(i)));
    int visits = 0;
    writer.for_each_below("d", [&](FileId file, const Record&) {
        writer.discard(file);
        ++visits;
    });
    BOOST_TEST(visits == 100);
    BOOST_TEST((children(writer, "d") == Paths{}));
}

BOOST_AUTO_TEST_CASE(a_directory_goes_when_it_is_none_and_nothing_is_below) {
    CatalogWriter writer(directory);
    BOOST_TEST(!writer.set_directory("a/b", true));
    BOOST_TEST((writer.read(*writer.find("a/b")).state == FileState::directory));
    BOOST_TEST((writer.read(*writer.find("a")).state == FileState::directory));
    const FileId file = writer.find_or_make("a/b/c").value();

    BOOST_TEST(!writer.set_directory("a/b", false));
    BOOST_TEST(writer.find("a/b").has_value());
    writer.discard(file);
    BOOST_TEST(!writer.find("a/b"));
    BOOST_TEST(writer.find("a").has_value());
    BOOST_TEST(!writer.set_directory("a", false));
    BOOST_TEST(!writer.find("a"));
    BOOST_TEST(!writer.set_directory("", true));
    BOOST_TEST(!writer.set_directory("never", false));
    BOOST_TEST((children(writer, "") == Paths{}));
}

BOOST_AUTO_TEST_CASE(a_directory_whose_slot_was_given_to_another_is_made_anew) {
    CatalogWriter writer(directory);
    const FileId first = writer.find_or_make("a/one").value();
    writer.discard(first);
    BOOST_TEST(!writer.set_directory("a", false));
    BOOST_TEST(!writer.find("a"));
    for (const char* path : {"x", "y", "z"})  // have the slots now
        BOOST_REQUIRE(writer.find_or_make(path));

    BOOST_TEST(writer.path(writer.find_or_make("a/two").value()) == "a/two");
    BOOST_TEST((children(writer, "a") == Paths{"a/two"}));
    BOOST_TEST((children(writer, "") == Paths{"a", "x", "y", "z"}));
}

BOOST_AUTO_TEST_CASE(a_deletion_is_kept_until_the_log_no_longer_reaches_it) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    const FileId gone = publish(writer, "dir/gone");
    const auto revision = publish_deletion(writer, gone);
    BOOST_TEST(!writer.set_directory("dir", false));

    for (int i = 0; i < 15; ++i)
        publish(writer, "busy");
    BOOST_TEST(reader.read(gone)->change_revision == revision);
    BOOST_TEST(reader.forgotten_revision() == 0U);
    std::vector<LogRecord> changes;
    BOOST_TEST(reader.changes_since(revision - 1, changes));

    publish(writer, "busy");
    BOOST_TEST(!reader.read(gone));
    BOOST_TEST(!reader.find("dir/gone"));
    BOOST_TEST(!reader.find("dir"));
    BOOST_TEST(reader.forgotten_revision() == revision);
    BOOST_TEST(!reader.changes_since(revision - 1, changes));
    BOOST_TEST(reader.changes_since(revision, changes));
}

BOOST_AUTO_TEST_CASE(the_dates_of_forgotten_files_outlive_them_and_the_writer) {
    constexpr std::uint64_t now_us = 1'700'000'000'000'000;
    const auto change = [](CatalogWriter& writer, FileId file, std::uint32_t date_floor) {
        CatalogPublication publication(writer, now_us);
        Record record = deleted_record(publication.revision());
        record.date_floor = date_floor;
        publication.announce(file, record);
    };
    std::optional<CatalogWriter> writer(std::in_place, directory, CatalogLimits{.log_slots = 16});
    change(*writer, writer->find_or_make("dir/a").value(), date_mark(1'600'000'000));
    change(*writer, writer->find_or_make("future").value(), date_mark(1'900'000'000));
    publish(*writer, "dir/b");
    BOOST_TEST(writer->read(writer->find_or_make("new").value()).date_floor == 0U);
    for (int i = 0; i < 16; ++i)
        publish(*writer, "x");

    BOOST_TEST(!writer->find("dir/a").has_value());
    // No answer can have had a date later than the deletion.
    const std::uint32_t floor = date_mark(1'700'000'000);
    BOOST_TEST(writer->read(writer->find_or_make("dir/a").value()).date_floor == floor);
    BOOST_TEST(writer->read(*writer->find("dir/b")).date_floor == 0U);
    writer.reset();
    writer.emplace(directory);
    BOOST_TEST(writer->adopted());
    BOOST_TEST(writer->read(writer->find_or_make("future").value()).date_floor == floor);
}

BOOST_AUTO_TEST_CASE(stale_files_are_counted_also_by_a_successor) {
    std::optional<CatalogWriter> writer(std::in_place, directory);
    const CatalogReader reader = this->reader();
    const FileId a = publish(*writer, "a");
    const FileId b = publish(*writer, "b");
    std::optional<CatalogPublication> publication(std::in_place, *writer, 0);
    Record stale = present_record(publication->revision());
    stale.reason = UnavailableReason::unreadable;
    publication->announce(a, stale);
    publication->announce(b, stale);
    publication.reset();
    BOOST_TEST(reader.header().stale_files == 2U);
    BOOST_TEST(reader.header().files == 2U);
    writer.reset();
    writer.emplace(directory);
    BOOST_TEST(reader.header().stale_files == 2U);

    publication.emplace(*writer, 0);
    publication->announce(a, present_record(publication->revision()));
    publication.reset();
    publish_deletion(*writer, b);

    BOOST_TEST(reader.header().stale_files == 0U);
    BOOST_TEST(reader.header().files == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_came_back_is_not_forgotten) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    const FileId file = publish(writer, "f");
    publish_deletion(writer, file);
    BOOST_TEST((publish(writer, "f") == file));
    for (int i = 0; i < 100; ++i)
        publish(writer, "busy");
    BOOST_TEST((reader.find("f")->file == file));
    BOOST_TEST(reader.forgotten_revision() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_became_a_directory_is_forgotten_as_a_file) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    const FileId file = publish(writer, "x");
    const auto revision = publish_deletion(writer, file);
    BOOST_TEST(!writer.set_directory("x", true));
    publish(writer, "x/y");
    for (int i = 0; i < 20; ++i)
        publish(writer, "busy");

    BOOST_TEST((reader.find("x")->file == file));
    BOOST_TEST((reader.find("x")->record.state == FileState::directory));
    BOOST_TEST(reader.find("x")->record.change_revision == 0U);
    BOOST_TEST(reader.forgotten_revision() == revision);
}

BOOST_AUTO_TEST_CASE(an_id_does_not_read_the_next_entry_of_its_slot) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    const FileId first = writer.find_or_make("first").value();
    writer.discard(first);
    const FileId second = writer.find_or_make("second").value();

    BOOST_TEST(first.slot() == second.slot());
    BOOST_TEST((first != second));
    BOOST_TEST(!reader.read(first));
    BOOST_TEST(!reader.path(first));
    BOOST_TEST(reader.read(second).has_value());
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_temporary_names_leave_the_size_where_it_was) {
    CatalogWriter writer(directory, {.log_slots = 64});
    const auto churn = [&](int from, int to) {
        for (int i = from; i < to; ++i) {
            const std::string name =
                "tmp" + std::to_string(i) + (i % 3 ? "" : std::string(60, 'l'));
            publish_deletion(writer, publish(writer, "dir/" + name));
        }
    };
    for (int i = 0; i < 1000; ++i)
        publish(writer, "steady/" + std::to_string(i));
    churn(0, 20'000);
    const std::uint64_t before = writer.capacity_bytes();
    churn(20'000, 120'000);

    BOOST_TEST(writer.capacity_bytes() == before);
    BOOST_TEST(writer.files() == 1000U);
    const CatalogReader reader = this->reader();
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(reader.find("steady/" + std::to_string(i)).has_value());
}

BOOST_AUTO_TEST_CASE(a_large_deletion_is_forgotten_in_steps) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const CatalogReader reader = this->reader();
    std::vector<FileId> files;
    for (int i = 0; i < 5000; ++i)
        files.push_back(publish(writer, "d/" + std::to_string(i)));
    CatalogPublication publication(writer, 0);
    const auto revision = publication.revision();
    for (const FileId file : files)
        publication.announce(file, deleted_record(revision));
    publication.commit();
    int publications = 0;
    while (writer.children("d").size() > 0 && publications < 100) {
        publish(writer, "busy");
        ++publications;
    }
    BOOST_TEST(writer.children("d").empty());
    BOOST_TEST(publications <= 25);
    BOOST_TEST(reader.forgotten_revision() == revision);
}

BOOST_AUTO_TEST_SUITE_END()
