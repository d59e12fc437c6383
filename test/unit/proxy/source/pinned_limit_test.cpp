#include "proxy/source/pinned_limit.hpp"

#include "test/unit/proxy/net/connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(pinned_limit, ConnectionsFixture)

namespace {

constexpr std::uint64_t content_bytes = 8 << 20;  // far more than a socket accepts
constexpr std::uint64_t one = content_bytes;

std::shared_ptr<Content> make_content(Counters& counters) {
    UniqueFd segment(::memfd_create("content", MFD_CLOEXEC));
    BOOST_TEST_REQUIRE(::ftruncate(segment.get(), content_bytes) == 0);
    return std::make_shared<Content>(std::move(segment), "", content_bytes, counters);
}

/// Receives until the connection has sent `bytes` more.
void receive(ConnectionsFixture& fixture, const UniqueFd& peer, std::size_t bytes) {
    std::string buffer(1 << 16, '\0');
    while (bytes != 0) {
        const ssize_t n =
            ::recv(peer.get(), buffer.data(), std::min(bytes, buffer.size()), MSG_DONTWAIT);
        BOOST_TEST_REQUIRE(n > 0);
        bytes -= static_cast<std::size_t>(n);
        fixture.run();
    }
}

struct Reader {
    char content;        // readers of the same letter share a content; a capital one is superseded
    unsigned megabytes;  // that it received: the more, the faster it is
};

struct Case {
    const char* what;
    std::uint64_t limit;
    std::uint64_t other_worker;  // pinned bytes
    std::vector<Reader> readers;
    std::string open;  // a letter for each reader: 'o' if it stays open, 'x' if it is closed
};

std::string run_case(const Case& each) {
    ConnectionsFixture fixture;
    raise(fixture.counters[1].pinned_bytes, each.other_worker);
    std::vector<std::shared_ptr<Content>> contents;
    std::vector<Connection*> connections;
    std::vector<UniqueFd> peers;
    std::string letters;
    for (const Reader& reader : each.readers) {
        std::size_t index = letters.find(reader.content);
        if (index == std::string::npos) {
            index = letters.size();
            letters += reader.content;
            contents.push_back(make_content(fixture.counters[0]));
        }
        fixture.protocol.answer = [&](Connection& connection) {
            connections.push_back(&connection);
            Response response;
            response.first.content = contents[index];
            response.first.end = content_bytes;
            connection.respond(std::move(response));
        };
        peers.push_back(fixture.connect());
    }
    for (std::size_t i = 0; i < peers.size(); ++i)
        receive(fixture, peers[i], std::size_t{each.readers[i].megabytes} << 20);
    for (std::size_t i = 0; i < contents.size(); ++i)
        if (letters[i] >= 'A' && letters[i] <= 'Z')
            contents[i]->pin();
    contents.clear();  // they live as long as they are sent

    PinnedLimit limit(each.limit, fixture.counters, 0, fixture.shared.connections);
    limit.end_batch();

    std::string open;
    for (const Connection* const connection : connections)
        open += fixture.is_open(connection) ? 'o' : 'x';
    return open;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_slowest_readers_of_superseded_contents_are_closed_until_it_fits) {
    const Case cases[] = {
        {"within the limit", 2 * one, 0, {{'A', 0}, {'B', 1}}, "oo"},
        {"one too many", one, 0, {{'A', 1}, {'B', 0}, {'c', 0}}, "oxo"},
        {"the order of arrival does not matter", one, 0, {{'A', 0}, {'B', 1}}, "xo"},
        {"two too many", one, 0, {{'A', 2}, {'B', 1}, {'C', 3}}, "xxo"},
        {"no superseded content is allowed", 0, 0, {{'A', 1}, {'b', 0}}, "xo"},
        {"a content counts once", one, 0, {{'A', 0}, {'A', 1}}, "oo"},
        {"a content counts until its last reader is closed",
         one,
         0,
         {{'A', 0}, {'B', 3}, {'A', 1}},
         "xox"},
        {"other workers count", one, one, {{'A', 0}}, "x"},
        {"other workers fit", 2 * one, one, {{'A', 0}}, "o"},
        {"only other workers are above it", one, 2 * one, {{'a', 0}}, "o"},
    };
    for (const Case& each : cases)
        BOOST_TEST(run_case(each) == each.open, each.what);
}

/// The worker's own contents are too few to help, so all of its slow readers go.
BOOST_AUTO_TEST_CASE(it_ends_when_there_is_nobody_left_to_close) {
    BOOST_TEST(run_case({"", one, 3 * one, {{'A', 0}, {'B', 1}, {'c', 0}}, ""}) == "xxo");
}

BOOST_AUTO_TEST_CASE(no_client_waits_for_it) {
    PinnedLimit limit(0, counters, 0, shared.connections);
    BOOST_TEST(!limit.is_waiting());
}

BOOST_AUTO_TEST_CASE(an_answer_holds_all_its_contents) {
    std::shared_ptr<Content> first = make_content(counters[0]);
    std::shared_ptr<Content> second = make_content(counters[0]);
    protocol.answer = [&](Connection& connection) {
        Response response;
        response.first.content = first;
        response.first.end = content_bytes;
        PartList more(1);
        more.front().content = second;
        more.front().end = content_bytes;
        response.more = std::make_shared<const PartList>(std::move(more));
        connection.respond(std::move(response));
    };
    const UniqueFd peer = connect();
    second->pin();  // which is not being sent yet
    first.reset();
    second.reset();
    PinnedLimit limit(0, counters, 0, shared.connections);
    limit.end_batch();
    BOOST_TEST(shared.connections.empty());
    BOOST_TEST(counters[0].pinned_bytes == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
