#include "proxy/archive/archive_copy.hpp"

#include "test/unit/proxy/archive/archive_catalog_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stop_token>
#include <string>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using Outcome = ArchiveCopy::Outcome;

BOOST_AUTO_TEST_SUITE(archive_copy)

namespace {

constexpr std::uint64_t bytes_max = 1000;

struct Fixture : ArchiveCatalog {
    ArchiveCopy copy_of(const std::string& prefix, std::optional<Sha256> known = {}) {
        return {catalog.share(), directory.share().value(), prefix, {bytes_max}, known, contents};
    }
    static Outcome advance(ArchiveCopy& copy) { return copy.advance(std::stop_token()); }
    /// "d/a=1 d/b=2": what was copied.
    static std::string text_of(ArchiveCopy& copy) {
        std::string text;
        const std::string_view bytes = copy.arena().view().value();
        for (const ArchivedFile* const file : copy.files().sorted())
            text += (text.empty() ? "" : " ") + file->path + '=' +
                    std::string(bytes.substr(file->copy.offset, file->record.size));
        return text;
    }

    MadeContents contents{std::uint64_t{1} << 20};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_in_memory_is_copied_at_once, Fixture) {
    put("d/b", "22");
    const std::uint64_t newest = put("d/a", "1");
    const std::uint64_t revision = put("e", "3");
    ArchiveCopy copy = copy_of("d/");
    BOOST_TEST((advance(copy) == Outcome::settled));
    BOOST_TEST(text_of(copy) == "d/a=1 d/b=22");
    BOOST_TEST(copy.revision() == revision);
    BOOST_TEST(copy.newest_change() == newest);
    ArchiveCopy nothing = copy_of("none/");
    BOOST_TEST((advance(nothing) == Outcome::settled));
    BOOST_TEST(nothing.files().size() == 0u);
    BOOST_TEST(nothing.newest_change() == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_is_not_in_memory_is_wanted_and_changes_are_copied_meanwhile, Fixture) {
    put("d/a", "1", false);
    put("d/b", "2");
    put("d/c", "3");
    ArchiveCopy copy = copy_of("d/");
    BOOST_TEST((advance(copy) == Outcome::wants));
    BOOST_TEST(copy.missing().size() == 1u);
    BOOST_TEST(!copy.was_complete());
    put("d/b", "longer than before");
    const std::uint64_t deletion = remove("d/c");
    BOOST_TEST((advance(copy) == Outcome::wants));
    load("d/a", "1");
    BOOST_TEST((advance(copy) == Outcome::settled));
    BOOST_TEST(text_of(copy) == "d/a=1 d/b=longer than before");
    BOOST_TEST(copy.newest_change() == deletion);
}

BOOST_FIXTURE_TEST_CASE(all_is_read_again_where_the_log_does_not_reach_back, Fixture) {
    put("d/a", "1", false);
    put("d/b", "2");
    put("d/gone", "3");
    ArchiveCopy copy = copy_of("d/");
    BOOST_TEST((advance(copy) == Outcome::wants));
    put("d/b", "4");
    put("d/new", "5");
    remove("d/gone");
    overrun_log();
    load("d/a", "1");
    BOOST_TEST((advance(copy) == Outcome::settled));
    BOOST_TEST(text_of(copy) == "d/a=1 d/b=4 d/new=5");
}

BOOST_FIXTURE_TEST_CASE(a_revision_that_is_being_published_is_not_split, Fixture) {
    put("d/a", "1");
    put("d/b", "1");
    ArchiveCopy copy = copy_of("d/");
    ArchiveCopy later = copy_of("d/");
    const std::uint64_t revision = put("d/a", "2", true, [&] {
        BOOST_TEST((advance(copy) == Outcome::restless));
        BOOST_TEST(copy.was_complete());
    });
    BOOST_TEST((advance(copy) == Outcome::settled));
    BOOST_TEST(copy.revision() == revision);
    BOOST_TEST(text_of(copy) == "d/a=2 d/b=1");
    // Beneath another prefix nobody minds.
    put("e", "2", true, [&] {
        BOOST_TEST((advance(later) == Outcome::settled));
    });
}

BOOST_FIXTURE_TEST_CASE(a_known_state_is_not_copied_again, Fixture) {
    put("d/a", "1");
    ArchiveCopy first = copy_of("d/");
    BOOST_TEST((advance(first) == Outcome::settled));
    put("d/b", "1", false);
    remove("d/b");
    put("d/a", "1", false);  // evicted, and touched
    ArchiveCopy again = copy_of("d/", first.files().digest());
    BOOST_TEST((advance(again) == Outcome::unchanged));
    BOOST_TEST(again.newest_change() > first.newest_change());
    put("d/a", "2");
    BOOST_TEST((advance(again) == Outcome::settled));
}

BOOST_FIXTURE_TEST_CASE(limits_are_those_of_a_settled_state, Fixture) {
    put("d/a", std::string(600, 'x'));
    put("d/b", std::string(401, 'x'), false);
    ArchiveCopy copy = copy_of("d/");
    BOOST_TEST((advance(copy) == Outcome::too_large));
    put("d/b", std::string(400, 'x'));
    ArchiveCopy fits = copy_of("d/");
    BOOST_TEST((advance(fits) == Outcome::settled));
    // The sum is too large while one of two has changed.
    put("d/a", std::string(700, 'x'), true, [&] {
        ArchiveCopy halfway = copy_of("d/");
        BOOST_TEST((advance(halfway) == Outcome::restless));
    });
    put("d/b", std::string(300, 'x'));
    BOOST_TEST((advance(fits) == Outcome::settled));
    ipc::Record refused = present_record(0);
    const ipc::FileId file = writer.find_or_make("d/c").value();
    ipc::CatalogPublication publication(writer, 0);
    refused.change_revision = refused.content_revision = publication.revision();
    refused.state = ipc::FileState::unavailable;
    refused.reason = ipc::UnavailableReason::unreadable;
    publication.announce(file, refused);
    publication.commit();
    BOOST_TEST((advance(fits) == Outcome::refused));
    BOOST_TEST(fits.files().refused()->path == "d/c");
}

BOOST_FIXTURE_TEST_CASE(copies_count_and_end_with_the_room, Fixture) {
    put("d/a", std::string(900, 'x'));
    {
        ArchiveCopy copy = copy_of("d/");
        BOOST_TEST((advance(copy) == Outcome::settled));
        BOOST_TEST(contents.bytes() >= 900u);
    }
    BOOST_TEST(contents.bytes() == 0u);
    MadeContents small(800);
    ArchiveCopy none(catalog.share(), directory.share().value(), "d/", {bytes_max}, {}, small);
    BOOST_TEST((advance(none) == Outcome::no_room));
    std::stop_source stop;
    stop.request_stop();
    ArchiveCopy stopped = copy_of("d/");
    BOOST_TEST((stopped.advance(stop.get_token()) == Outcome::stopped));
}

BOOST_AUTO_TEST_SUITE_END()
