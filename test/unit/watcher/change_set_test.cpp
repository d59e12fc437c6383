#include "watcher/change_set.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/inotify.h>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(change_set)

BOOST_AUTO_TEST_CASE(signs_are_merged_per_path_in_the_order_of_the_first_event) {
    ChangeSet set;

    set.add("b", {.created = true});
    set.add("a", {.modified = true});
    set.add("b", {.modified = true});
    set.add("b", {.closed = true});
    const auto changes = set.take();

    BOOST_TEST_REQUIRE(changes.size() == 2);
    BOOST_TEST(changes[0].path == "b");
    BOOST_TEST((changes[0].signs == Signs{.created = true, .modified = true, .closed = true}));
    BOOST_TEST(changes[1].path == "a");
    BOOST_TEST((changes[1].signs == Signs{.modified = true}));
}

BOOST_AUTO_TEST_CASE(a_taken_set_is_empty_and_starts_anew) {
    ChangeSet set;
    set.add("a", {.gone = true});
    (void)set.take();

    set.add("a", {.arrived = true});
    const auto changes = set.take();

    BOOST_TEST_REQUIRE(changes.size() == 1);
    BOOST_TEST((changes[0].signs == Signs{.arrived = true}));
    BOOST_TEST(set.take().empty());
}

BOOST_AUTO_TEST_CASE(each_bit_of_a_mask_has_its_sign) {
    BOOST_TEST((signs_of(IN_MOVED_TO) == Signs{.arrived = true}));
    BOOST_TEST((signs_of(IN_CREATE) == Signs{.created = true}));
    BOOST_TEST((signs_of(IN_MODIFY) == Signs{.modified = true}));
    BOOST_TEST((signs_of(IN_CLOSE_WRITE) == Signs{.closed = true}));
    BOOST_TEST((signs_of(IN_ATTRIB) == Signs{.attributes = true}));
    BOOST_TEST((signs_of(IN_DELETE) == Signs{.gone = true}));
    BOOST_TEST((signs_of(IN_MOVED_FROM) == Signs{.gone = true}));
}

BOOST_AUTO_TEST_CASE(the_order_of_events_tells_whether_a_writer_may_be_inside) {
    struct Row {
        std::vector<std::uint32_t> masks;
        Signs expected;
    };
    const std::vector<Row> rows{
        {{IN_MODIFY, IN_CLOSE_WRITE}, {.modified = true, .closed = true}},
        {{IN_CLOSE_WRITE, IN_MODIFY}, {.modified = true, .reopened = true}},
        {{IN_CLOSE_WRITE, IN_MODIFY, IN_CLOSE_WRITE},
         {.modified = true, .closed = true, .reopened = true}},
        {{IN_CLOSE_WRITE, IN_MODIFY, IN_MOVED_TO}, {.arrived = true}},
        {{IN_MODIFY, IN_MOVED_TO}, {.arrived = true}},
        {{IN_MOVED_TO, IN_MODIFY}, {.arrived = true, .modified = true}},
        {{IN_CREATE, IN_MODIFY, IN_CLOSE_WRITE},
         {.created = true, .modified = true, .closed = true}},
    };
    for (const Row& row : rows) {
        ChangeSet changes;
        for (const std::uint32_t mask : row.masks)
            changes.add("f", signs_of(mask));
        BOOST_TEST((changes.take().at(0).signs == row.expected));
    }
}

BOOST_AUTO_TEST_SUITE_END()
