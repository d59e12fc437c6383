#include "proxy/feed/state_digest.hpp"

#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <stop_token>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;
using ipc::FileState;

BOOST_AUTO_TEST_SUITE(state_digest)

namespace {

/// What is hashed for a file: its mode is 0644 unless it is given.
std::string line(const std::string& path, const std::string& mode = "0644") {
    return to_hex(sha256_of(path)) + ' ' + mode + ' ' + path + '\0';
}

DigestedFile file(const std::string& path, std::uint16_t mode = 0100644) {
    return {path, mode, sha256_of(path)};
}

struct Fixture : FeedCatalogFixture {
    /// Makes the hash of a file known, which is that of its path.
    void hash(const std::string& path) {
        const ipc::FileId id = catalog.find(path)->file;
        ipc::Record record = writer.read(id);
        record.mode = 0100644;
        record.hash_known = true;
        record.sha256 = sha256_of(path);
        writer.store(id, record);
    }
    StateReading read(const Interest& interest) const {
        return read_state(catalog, interest, std::stop_token());
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_the_hash_of_a_line_for_each_file_in_their_order) {
    struct {
        std::vector<DigestedFile> files;
        std::string lines;
    } const cases[] = {
        {{}, ""},
        {{file("a")}, line("a")},
        {{file("b"), file("a/x"), file("a b"), file("b")}, line("a b") + line("a/x") + line("b")},
        {{file("a", 0104755), file("b", 0100007)}, line("a", "4755") + line("b", "0007")},
        {{file("\xc3\xa9"), file("z\n")}, line("z\n") + line("\xc3\xa9")},
    };
    for (const auto& each : cases)
        BOOST_TEST(to_hex(digest_of_state(each.files)) == to_hex(sha256_of(each.lines)));
}

BOOST_FIXTURE_TEST_CASE(files_that_can_be_served_count_once_their_hashes_are_known, Fixture) {
    publish({{"a"}, {"b"}, {"c"}, {"d", FileState::unavailable}});
    const std::uint64_t newest = publish({{"c", FileState::deleted}});
    hash("b");
    const Interest whole = make_interest({});
    StateReading reading = read(whole);
    BOOST_TEST(!reading.digest);
    BOOST_TEST_REQUIRE(reading.unhashed.size() == 1u);
    BOOST_TEST((reading.unhashed[0] == catalog.find("a")->file));

    hash("a");
    reading = read(whole);
    BOOST_TEST((reading.digest == sha256_of(line("a") + line("b"))));
    BOOST_TEST(reading.unhashed.empty());
    BOOST_TEST(reading.revision == newest);
    BOOST_TEST((read(make_interest({"b"}, {"b", "c"})).digest == sha256_of(line("b"))));
    BOOST_TEST((read(make_interest({"missing"})).digest == sha256_of("")));
}

BOOST_FIXTURE_TEST_CASE(there_is_none_while_a_publication_is_under_way, Fixture) {
    publish({{"a"}, {"b"}});
    hash("a");
    hash("b");
    ipc::CatalogPublication publication(writer, 0);
    announce(writer, publication, {"a"});
    hash("a");
    BOOST_TEST(!read(make_interest({"a", "b"})).digest);
    BOOST_TEST(read(make_interest({"b"})).digest.has_value());
    publication.commit();
    BOOST_TEST(read(make_interest({"a", "b"})).digest.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
