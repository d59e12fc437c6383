// What a reader finds of what a writer published.
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(catalog, ObjectFixture)

namespace {

struct NameCase {
    const char* name;
    std::string path;
};

std::set<std::string> walked(const CatalogReader& reader) {
    std::set<std::string> paths;
    reader.walk([&](FileId file, const Record&) {
        paths.insert(reader.path(file).value_or("?"));
        return true;
    });
    return paths;
}

}  // namespace

BOOST_AUTO_TEST_CASE(there_is_nothing_to_attach_to_before_the_daemon) {
    BOOST_TEST((CatalogReader::attach(directory).error().value() == ENOENT));
}

BOOST_AUTO_TEST_CASE(a_published_file_is_found_by_path_and_by_id) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const FileId file = publish(writer, "a/b.conf", 42);

    const auto found = reader.find("a/b.conf");
    BOOST_REQUIRE(found);
    BOOST_TEST((found->file == file));
    BOOST_TEST((found->record == present_record(writer.newest_revision(), 42)));
    BOOST_TEST((reader.read(file) == found->record));
    BOOST_TEST((reader.path(file) == "a/b.conf"));
}

BOOST_AUTO_TEST_CASE(names_of_every_length_are_kept) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const std::string directory_name(255, 'd');
    std::string deep;
    while (deep.size() + 2 < 4095)
        deep += "d/";
    std::vector<NameCase> cases{
        {"a name below a longest name", directory_name + "/x"},
        {"as deep as it goes", deep + "f"},
        {"not ASCII", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb2/\xc3\xbc"},
        {"blanks and line ends", "a b\n/ "},
    };
    for (const std::size_t length : {1U, 7U, 8U, 9U, 39U, 40U, 41U, 48U, 254U, 255U})
        cases.push_back({"a length", std::string(length, 'n')});
    std::string longest = directory_name;
    while (longest.size() + 256 <= 4095)
        longest += '/' + directory_name;
    cases.push_back({"longest names all the way", longest});

    std::map<std::string, FileId> files;
    for (const NameCase& item : cases)
        files[item.path] = publish(writer, item.path, item.path.size());

    for (const auto& [path, file] : files) {
        const auto found = reader.find(path);
        BOOST_REQUIRE_MESSAGE(found, path);
        BOOST_TEST((found->file == file), path);
        BOOST_TEST(found->record.size == path.size());
        BOOST_TEST((reader.path(file) == path), path);
        BOOST_TEST(writer.path(file) == path);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_path_of_the_catalog_is_not_found) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const std::string long_name(200, 'n');
    publish(writer, "a/b");
    publish(writer, long_name + "/x");

    for (const std::string& path :
         {std::string(),
          std::string("a/"),
          std::string("/a"),
          std::string("/a/b"),
          std::string("a//b"),
          std::string("b"),
          std::string("a/b/c"),
          std::string("a/bb"),
          std::string("a\0b", 3),
          long_name + "n/x",
          std::string(199, 'n') + "/x",
          std::string(300, 'n'),
          std::string(100000, '/')})
        BOOST_TEST(!reader.find(path), path.substr(0, 80));
    for (const char* path : {"", "/a", "a//b", "a/../b", "a/."})
        BOOST_TEST((writer.find_or_make(path).error() == Errc::invalid_path), path);
}

BOOST_AUTO_TEST_CASE(a_new_entry_is_deleted_and_in_no_revision) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const FileId file = writer.find_or_make("new").value();

    const auto record = reader.read(file);
    BOOST_REQUIRE(record);
    BOOST_TEST((record->state == FileState::deleted));
    BOOST_TEST(record->change_revision == 0U);
    BOOST_TEST((writer.find_or_make("new").value() == file));
    BOOST_TEST(writer.files() == 0U);

    writer.discard(file);
    BOOST_TEST(!reader.find("new"));
    BOOST_TEST(!reader.read(file));
    BOOST_TEST((writer.read(file).state == FileState::none));
    BOOST_CHECK_THROW(writer.store(file, Record{}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_published_entry_is_not_discarded) {
    CatalogWriter writer(directory);
    const FileId file = publish(writer, "kept");
    writer.discard(file);
    BOOST_TEST((writer.read(file).state == FileState::present));
}

BOOST_AUTO_TEST_CASE(the_header_says_what_the_daemon_said) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    BOOST_TEST(!reader.scan_complete());
    BOOST_TEST(reader.header().degraded.empty());

    publish(writer, "a");
    publish(writer, "b");
    writer.set_scan_complete();
    writer.set_residency(3, 4096);
    writer.set_degraded("the root is gone");
    writer.beat();

    const CatalogHeader header = reader.header();
    BOOST_TEST(header.epoch == writer.epoch());
    BOOST_TEST(header.newest_revision == 2U);
    BOOST_TEST(header.claimed_revision == 2U);
    BOOST_TEST(header.scan_complete);
    BOOST_TEST(header.files == 2U);
    BOOST_TEST(header.resident_files == 3U);
    BOOST_TEST(header.resident_bytes == 4096U);
    BOOST_TEST(header.daemon_pid == static_cast<std::uint32_t>(::getpid()));
    BOOST_TEST(header.degraded == "the root is gone");
    BOOST_TEST((reader.heartbeat_age() < std::chrono::seconds(20)));

    writer.set_degraded(std::string(600, 'x'));
    BOOST_TEST(reader.header().degraded == std::string(503, 'x'));
    writer.set_degraded("");
    BOOST_TEST(reader.header().degraded.empty());
}

BOOST_AUTO_TEST_CASE(the_number_of_files_follows_their_states) {
    CatalogWriter writer(directory);
    const FileId file = publish(writer, "a");
    Record record = writer.read(file);
    record.state = FileState::unavailable;
    record.reason = UnavailableReason::too_large;
    writer.store(file, record);
    BOOST_TEST(writer.files() == 1U);
    publish_deletion(writer, file);
    BOOST_TEST(writer.files() == 0U);
    publish(writer, "a");
    BOOST_TEST(writer.files() == 1U);
}

BOOST_AUTO_TEST_CASE(a_walk_visits_files_and_deletions_but_no_directories) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    publish(writer, "dir/sub/one");
    publish(writer, std::string(100, 'l'));
    publish_deletion(writer, publish(writer, "gone"));
    BOOST_TEST(
        (walked(reader) == std::set<std::string>{"dir/sub/one", std::string(100, 'l'), "gone"})
    );

    int visits = 0;
    reader.walk([&](FileId, const Record&) {
        ++visits;
        return false;
    });
    BOOST_TEST(visits == 1);
}

BOOST_AUTO_TEST_CASE(a_deletion_is_walked_though_its_path_is_a_directory_now) {
    CatalogWriter writer(directory);
    const CatalogReader reader = this->reader();
    const FileId file = publish(writer, "x");
    BOOST_TEST(!writer.set_directory("x", true));
    BOOST_TEST((reader.read(file)->state == FileState::present));
    const auto revision = publish_deletion(writer, file);
    publish(writer, "x/y");

    BOOST_TEST((reader.read(file)->state == FileState::directory));
    BOOST_TEST(reader.read(file)->change_revision == revision);
    BOOST_TEST((walked(reader) == std::set<std::string>{"x", "x/y"}));
}

BOOST_AUTO_TEST_CASE(readers_see_a_daemon_alive_until_it_is_gone) {
    auto writer = std::make_unique<CatalogWriter>(directory);
    const CatalogReader reader = this->reader();
    BOOST_TEST(reader.daemon_alive());
    BOOST_TEST(reader.daemon_alive());  // asking takes nothing away
    BOOST_TEST(reader.still_current(directory));
    BOOST_CHECK_THROW(CatalogWriter second(directory), StartupError);

    writer.reset();
    BOOST_TEST(!reader.daemon_alive());
    BOOST_TEST(reader.still_current(directory));

    CatalogWriter successor(directory);
    BOOST_TEST(successor.adopted());
    BOOST_TEST(reader.daemon_alive());
}

BOOST_AUTO_TEST_CASE(a_replaced_catalog_is_not_current_and_has_no_daemon) {
    auto writer = std::make_unique<CatalogWriter>(directory);
    publish(*writer, "a");
    const CatalogReader reader = this->reader();
    writer.reset();
    BOOST_REQUIRE(::unlink(catalog_path().c_str()) == 0);

    CatalogWriter successor(directory);
    BOOST_TEST(!successor.adopted());
    BOOST_TEST(successor.epoch() != reader.epoch());
    BOOST_TEST(!reader.still_current(directory));
    BOOST_TEST(!reader.daemon_alive());
    BOOST_TEST(reader.find("a").has_value());
}

BOOST_AUTO_TEST_CASE(more_entries_than_allowed_are_refused) {
    CatalogWriter writer(directory, {.log_slots = 16, .entries_max = 4096});
    std::uint64_t made = 0;
    Result<FileId> file = writer.find_or_make("f0");
    while (file) {
        ++made;
        file = writer.find_or_make("f" + std::to_string(made));
    }
    BOOST_TEST((file.error() == Errc::catalog_full));
    BOOST_TEST(made == 4095U);  // one is the root

    // What fails half-way leaves no directories behind.
    writer.discard(writer.find("f1").value());
    writer.discard(writer.find("f2").value());
    BOOST_TEST((writer.find_or_make("x/y/z").error() == Errc::catalog_full));
    BOOST_TEST(!writer.find("x"));
    BOOST_TEST(writer.find_or_make("x/y").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
