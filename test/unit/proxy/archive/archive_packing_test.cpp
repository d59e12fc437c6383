#include "proxy/archive/archive_packing.hpp"

#include "proxy/source/made_writer.hpp"
#include "test/support/decode_content.hpp"
#include "test/support/made_bytes.hpp"
#include "test/support/random_bytes.hpp"
#include "test/support/tar_reader.hpp"
#include "test/unit/proxy/archive/archive_catalog_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stop_token>
#include <string>
#include <utility>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(archive_packing)

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

struct Fixture : ArchiveCatalog {
    ArchiveCopy copy_in(MadeContents& contents) {
        return {catalog.share(), directory.share().value(), "d/", {64 * mib}, {}, contents};
    }
    static bool settles(ArchiveCopy& copy) {
        return copy.advance(std::stop_token()) == ArchiveCopy::Outcome::settled;
    }
};

/// A content of this size that requests a stop when it is evicted.
std::shared_ptr<const MadeContent>
stops_when_evicted(MadeContents& contents, std::size_t bytes, std::stop_source& stop) {
    MadeWriter writer(contents);
    BOOST_TEST(writer.append(std::string(bytes, 'x')));
    auto made = writer.finish();
    const MadeContent* const content = made.get();
    return {content, [made = std::move(made), &stop](const MadeContent*) mutable {
                made.reset();
                stop.request_stop();
            }};
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(short_and_long_contents_are_packed_as_they_are, Fixture) {
    const std::string lengthy = random_bytes(3 * mib + 5);
    put("d/a", "1");
    put("d/empty", "");
    put("d/long", lengthy);
    put("d/z", "2");
    MadeContents contents(64 * mib);
    ArchiveCopy copy = copy_in(contents);
    BOOST_TEST_REQUIRE(settles(copy));
    for (const Coding coding : {Coding::identity, Coding::gzip, Coding::zstd}) {
        const auto made = pack(copy, coding, contents, std::stop_token());
        BOOST_TEST_REQUIRE((made != nullptr));
        const auto files = read_tar(decode_content(coding_name(coding), bytes_of(*made)));
        BOOST_TEST_REQUIRE(files.size() == 4u);
        BOOST_TEST(files[0].content == "1");
        BOOST_TEST(files[1].content.empty());
        BOOST_TEST((files[2].content == lengthy));
        BOOST_TEST(files[3].content == "2");
    }
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_seen_in_the_middle_of_a_file, Fixture) {
    put("d/long", std::string(4 * mib, 'x'));
    // Room for the copy and the archive, if another content is evicted meanwhile.
    MadeContents contents(8 * mib + mib / 2);
    ArchiveCopy copy = copy_in(contents);
    BOOST_TEST_REQUIRE(settles(copy));
    std::stop_source stop;
    contents.keep("other", {1, 1}, stops_when_evicted(contents, mib, stop));
    BOOST_TEST(!stop.stop_requested());
    BOOST_TEST((pack(copy, Coding::identity, contents, stop.get_token()) == nullptr));
    BOOST_TEST(stop.stop_requested());
}

BOOST_AUTO_TEST_SUITE_END()
