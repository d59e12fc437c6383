#include "proxy/archive/archived_files.hpp"

#include "proxy/feed/state_digest.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using ipc::FileState;
using ipc::UnavailableReason;

BOOST_AUTO_TEST_SUITE(archived_files)

namespace {

ipc::Record record(std::uint64_t revision, std::uint64_t size = 1) {
    ipc::Record made = present_record(revision, size);
    made.mode = 0100644;
    made.resident = true;
    made.hash_known = true;
    made.sha256 = sha256_of(std::to_string(revision));
    return made;
}

ipc::Record unavailable(std::uint64_t revision, UnavailableReason reason) {
    ipc::Record made = present_record(revision);
    made.state = FileState::unavailable;
    made.reason = reason;
    return made;
}

struct Fixture {
    ArchivedFiles files{};

    void
    put(std::uint64_t file, const std::string& path, std::uint64_t revision, std::uint64_t size = 1
    ) {
        files.apply({file}, record(revision, size), path);
    }
    void copy(std::uint64_t file) {
        files.mark_copied({file}, {0, 100, files.find({file})->record.content_revision});
    }
    /// "a b!": what is in it, in order, with a mark behind what is to be copied.
    std::string text() const {
        std::string text;
        for (const ArchivedFile* const file : files.sorted())
            text += (text.empty() ? "" : " ") + file->path + (file->is_copied() ? "" : "!");
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(files_are_sorted_by_the_bytes_of_their_paths, Fixture) {
    put(1, "a/b", 5);
    put(2, "a b", 3);
    put(3, "\xc3\xa4", 4);
    put(4, "B", 2);
    BOOST_TEST(text() == "B! a b! a/b! \xc3\xa4!");
    BOOST_TEST(files.seen() == 5u);
    BOOST_TEST(files.bytes() == 4u);
}

BOOST_FIXTURE_TEST_CASE(what_changes_is_copied_again_and_what_is_touched_is_not, Fixture) {
    put(1, "a", 1);
    put(2, "b", 2, 10);
    copy(1);
    copy(2);
    BOOST_TEST(text() == "a b");
    put(1, "a", 3, 7);
    BOOST_TEST(text() == "a! b");
    BOOST_TEST(files.bytes() == 17u);
    BOOST_TEST(files.uncopied().size() == 1u);
    copy(1);
    ipc::Record touched = files.find({2})->record;
    touched.change_revision = 9;
    touched.mode = 0100600;
    files.apply({2}, touched, "b");
    BOOST_TEST(text() == "a b");
    BOOST_TEST(files.seen() == 9u);
    BOOST_TEST(files.uncopied().empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_no_present_file_is_not_in_it, Fixture) {
    const std::optional<ipc::Record> gone[] = {
        std::nullopt,
        deleted_record(7),
        unavailable(7, UnavailableReason::private_file),
        unavailable(7, UnavailableReason::unreadable),
    };
    for (const auto& each : gone) {
        put(1, "a", 1);
        put(2, "b", 1);
        files.apply({1}, each, "a");
        BOOST_TEST(text() == "b!");
        BOOST_TEST(files.bytes() == 1u);
    }
    BOOST_TEST(files.seen() == 7u);
    ipc::Record never_announced = deleted_record(7);
    never_announced.change_revision = 0;
    Fixture fresh;
    fresh.files.apply({1}, never_announced, "a");
    BOOST_TEST(fresh.files.seen() == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_first_unavailable_file_stands_in_the_way_but_no_private_one, Fixture) {
    put(1, "a", 1);
    files.apply({2}, unavailable(2, UnavailableReason::private_file), "b");
    BOOST_TEST(!files.refused());
    files.apply({4}, unavailable(2, UnavailableReason::too_large), "d");
    files.apply({3}, unavailable(2, UnavailableReason::unreadable), "c");
    BOOST_TEST_REQUIRE(files.refused().has_value());
    BOOST_TEST(files.refused()->path == "c");
    BOOST_TEST((files.refused()->reason == UnavailableReason::unreadable));
    put(3, "c", 3);
    BOOST_TEST(files.refused()->path == "d");
    files.apply({4}, deleted_record(4), "d");
    BOOST_TEST(!files.refused());
    BOOST_TEST(text() == "a! c!");
}

BOOST_FIXTURE_TEST_CASE(a_stale_content_is_in_it_if_it_is_in_memory, Fixture) {
    ipc::Record stale = record(5);
    stale.reason = UnavailableReason::unreadable;
    files.apply({1}, stale, "a");
    put(2, "b", 9);
    BOOST_TEST(!files.refused());
    BOOST_TEST(files.stale_since() == 5u);
    stale.resident = false;
    files.apply({1}, stale, "a");
    BOOST_TEST_REQUIRE(files.refused().has_value());
    copy(1);
    files.apply({1}, stale, "a");  // its copy is there
    BOOST_TEST(!files.refused());
    stale.reason = UnavailableReason::hung;  // the read may still succeed
    stale.content_revision = 6;
    files.apply({1}, stale, "a");
    BOOST_TEST(!files.refused());
    files.apply({1}, record(7), "a");
    BOOST_TEST(files.stale_since() == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_digest_is_that_of_the_feed_with_permissions_alone, Fixture) {
    put(1, "d/b", 1);
    ipc::Record setuid = record(2);
    setuid.mode = 0104755;
    files.apply({2}, setuid, "d/a");
    BOOST_TEST(files.are_hashed());
    const Sha256 expected =
        digest_of_state({{"d/a", 0755, sha256_of("2")}, {"d/b", 0644, sha256_of("1")}});
    BOOST_TEST(to_hex(files.digest()) == to_hex(expected));
    setuid.hash_known = false;
    files.apply({2}, setuid, "d/a");
    BOOST_TEST(!files.are_hashed());
}

BOOST_AUTO_TEST_SUITE_END()
