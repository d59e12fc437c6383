#include "watcher/link_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(link_table)

namespace {

const NamePlace config{.directory = 0, .name = "config"};
const NamePlace data{.directory = 0, .name = "..data"};
const NamePlace old_file{.directory = 1, .name = "config"};
const NamePlace new_file{.directory = 2, .name = "config"};

Link leading_to(const NamePlace& file) {
    return {.kind = LinkKind::file, .dependencies = {config, data, file}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_link_is_found_by_every_name_on_its_way) {
    LinkTable table;

    table.set(config, leading_to(old_file));

    for (const NamePlace& name : {config, data, old_file}) {
        BOOST_TEST_REQUIRE(table.dependents(name).size() == 1);
        BOOST_TEST((table.dependents(name).front() == config));
    }
    BOOST_TEST(table.dependents(new_file).empty());
    BOOST_TEST(table.file_count() == 1);
    BOOST_TEST(table.links_in(0).size() == 1);
    BOOST_TEST(table.dependents_in(1).size() == 1);
}

BOOST_AUTO_TEST_CASE(a_swapped_link_depends_on_what_it_leads_through_now) {
    LinkTable table;
    table.set(config, leading_to(old_file));

    table.set(config, leading_to(new_file));

    BOOST_TEST(table.dependents(old_file).empty());
    BOOST_TEST(table.dependents(new_file).size() == 1);
    BOOST_TEST(table.dependents(data).size() == 1);
    BOOST_TEST(table.file_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_erased_link_leaves_nothing) {
    LinkTable table;
    table.set(config, leading_to(old_file));
    table.set({.directory = 0, .name = "other"}, leading_to(old_file));

    table.erase(config);
    table.erase(config);

    BOOST_TEST((table.find(config) == nullptr));
    BOOST_TEST(table.dependents(old_file).size() == 1);
    BOOST_TEST(table.links_in(0).size() == 1);
    BOOST_TEST(table.file_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
