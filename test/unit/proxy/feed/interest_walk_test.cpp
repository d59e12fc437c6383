#include "proxy/feed/interest_walk.hpp"

#include "test/unit/proxy/feed/feed_catalog_fixture.hpp"
#include "test/unit/proxy/feed/make_interest.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(interest_walk)

namespace {

struct Fixture : FeedCatalogFixture {
    Fixture() {
        publish({{"a"}, {"b/x"}, {"b/y"}, {"c"}});
        publish({{"b/y", ipc::FileState::deleted}});
        BOOST_TEST_REQUIRE(writer.find_or_make("b/unannounced").has_value());
    }
    /// Those that are visited until there are so many.
    std::set<std::string> walk(const Interest& interest, std::size_t visits = 100) const {
        std::set<std::string> visited;
        walk_interest(catalog, interest, [&](ipc::FileId file, const ipc::Record& record) {
            BOOST_TEST(record.change_revision != 0u);
            visited.insert(*catalog.path(file));
            BOOST_TEST_REQUIRE(visits != 0u);
            return --visits != 0;
        });
        return visited;
    }
    std::string
    walk_by_slot(const Interest& interest, std::string_view after, std::size_t visits = 100) const {
        std::string visited;
        const std::uint32_t slot = after.empty() ? 0 : catalog.find(after)->file.slot();
        const auto visit = [&](ipc::FileId file, const ipc::Record&) {
            visited += *catalog.path(file) + ' ';
            BOOST_TEST_REQUIRE(visits != 0u);
            return --visits != 0;
        };
        walk_interest_by_slot(catalog, interest, slot, visit);
        return visited;
    }
    using Paths = std::set<std::string>;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_visits_what_matches_and_was_announced, Fixture) {
    struct {
        Interest interest;
        Paths visited;
    } const cases[] = {
        {make_interest({}), {"a", "b/x", "b/y", "c"}},
        {make_interest({"a", "b", "b/unannounced", "missing"}), {"a"}},
        {make_interest({"a", "b/y"}, {"b/"}), {"a", "b/x", "b/y"}},
        {make_interest({}, {"b"}), {"b/x", "b/y"}},
        {make_interest({}, {}, {"?", "*/y"}), {"a", "b/y", "c"}},
    };
    for (const auto& each : cases)
        BOOST_TEST((walk(each.interest) == each.visited));
}

BOOST_FIXTURE_TEST_CASE(many_prefixes_of_one_directory_are_walked_at_once, Fixture) {
    std::vector<std::string> prefixes{"b/x", "c/x", "b/n/x"};
    for (int i = 0; i < 100; ++i)
        prefixes.push_back("b/" + std::to_string(i));
    publish({{"b/7x"}, {"b/n/x"}, {"b/n/7"}, {"7"}});
    std::set<std::string> visited;
    walk_interest(catalog, make_interest({}, prefixes), [&](ipc::FileId file, const ipc::Record&) {
        BOOST_TEST(visited.insert(*catalog.path(file)).second);
        return true;
    });
    BOOST_TEST((visited == Paths{"b/x", "b/7x", "b/n/x"}));
}

BOOST_FIXTURE_TEST_CASE(it_stops_when_the_visitor_says_so, Fixture) {
    for (const Interest& interest :
         {make_interest({}), make_interest({"a", "c"}), make_interest({"a"}, {"b/", "c"})})
        for (const std::size_t visits : {1U, 2U}) {
            BOOST_TEST(walk(interest, visits).size() == visits);
            BOOST_TEST(!walk_by_slot(interest, "", visits).empty());
        }
}

BOOST_FIXTURE_TEST_CASE(by_slots_it_goes_on_where_it_was_left, Fixture) {
    const Interest whole = make_interest({});
    BOOST_TEST(walk_by_slot(whole, "") == "a b/x b/y c ");
    BOOST_TEST(walk_by_slot(whole, "", 2) == "a b/x ");
    BOOST_TEST(walk_by_slot(whole, "b/x") == "b/y c ");
    BOOST_TEST(walk_by_slot(whole, "c").empty());
    BOOST_TEST(walk_by_slot(make_interest({"c"}, {"b/"}), "a") == "b/x b/y c ");
    BOOST_TEST(walk_by_slot(make_interest({}, {}, {"?"}), "a") == "c ");
}

BOOST_AUTO_TEST_SUITE_END()
