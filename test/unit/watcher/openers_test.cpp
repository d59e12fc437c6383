#include "watcher/openers.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

#include <sys/inotify.h>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(openers)

namespace {

OpenersChange all_of(const std::vector<std::uint32_t>& masks) {
    OpenersChange change;
    for (const std::uint32_t mask : masks)
        change = change.followed_by(OpenersChange::of(mask));
    return change;
}

}  // namespace

BOOST_AUTO_TEST_CASE(events_of_a_batch_say_how_many_have_the_file_open_afterwards) {
    struct Row {
        std::uint32_t before;
        std::vector<std::uint32_t> masks;
        std::uint32_t after;
    };
    const std::vector<Row> rows{
        {0, {}, 0},
        {3, {}, 3},
        {0, {IN_OPEN, IN_MODIFY, IN_CLOSE_WRITE}, 0},
        {1, {IN_OPEN, IN_MODIFY, IN_CLOSE_WRITE}, 1},
        // A writer, and somebody who touches the file.
        {0, {IN_OPEN, IN_MODIFY, IN_OPEN, IN_ATTRIB, IN_CLOSE_WRITE}, 1},
        {1, {IN_OPEN, IN_ATTRIB, IN_CLOSE_WRITE}, 1},
        // A writer whose open was not seen.
        {0, {IN_MODIFY}, 1},
        {0, {IN_MODIFY, IN_CLOSE_WRITE}, 0},
        {2, {IN_MODIFY}, 2},
        {1, {IN_OPEN, IN_CLOSE_NOWRITE}, 1},
        // And one who came in before opens were told of, and a reader right after his write.
        {0, {IN_MODIFY, IN_OPEN, IN_CLOSE_NOWRITE}, 1},
        {1, {IN_MODIFY, IN_OPEN, IN_CLOSE_NOWRITE}, 1},
        {0, {IN_MODIFY, IN_OPEN, IN_CLOSE_NOWRITE, IN_OPEN, IN_CLOSE_NOWRITE}, 1},
        {0, {IN_MODIFY, IN_OPEN, IN_CLOSE_NOWRITE, IN_CLOSE_WRITE}, 0},
        {0, {IN_MODIFY, IN_OPEN, IN_MODIFY, IN_CLOSE_WRITE}, 0},
        {0, {IN_MODIFY, IN_OPEN, IN_CLOSE_WRITE}, 0},
        // More closes than opens: of those who were there before.
        {0, {IN_CLOSE_WRITE, IN_OPEN}, 1},
        {0, {IN_CLOSE_NOWRITE, IN_CLOSE_WRITE}, 0},
        {3, {IN_CLOSE_NOWRITE, IN_CLOSE_WRITE}, 1},
        // An open that truncates, as older kernels and newer ones tell it.
        {0, {IN_MODIFY, IN_OPEN}, 1},
        {0, {IN_OPEN, IN_MODIFY}, 1},
        {1, {IN_MODIFY, IN_OPEN}, 2},
        {0, {IN_MODIFY, IN_MODIFY, IN_OPEN}, 1},
        // Another file.
        {5, {IN_CREATE, IN_OPEN}, 1},
        {5, {IN_MOVED_TO}, 0},
        {5, {IN_OPEN, IN_DELETE}, 0},
        {5, {IN_MOVED_FROM, IN_CREATE, IN_OPEN, IN_MODIFY}, 1},
        {0, {IN_ATTRIB}, 0},
    };
    for (const Row& row : rows)
        BOOST_TEST(all_of(row.masks).applied_to(row.before) == row.after);
}

BOOST_AUTO_TEST_CASE(batches_can_be_put_together_wherever_they_were_parted) {
    const std::vector<std::uint32_t> masks{
        IN_CLOSE_WRITE,
        IN_OPEN,
        IN_MODIFY,
        IN_CLOSE_NOWRITE,
        IN_OPEN,
        IN_OPEN,
        IN_CLOSE_WRITE,
        IN_ATTRIB,
        IN_MODIFY};
    for (std::uint32_t before = 0; before < 4; ++before) {
        const std::uint32_t whole = all_of(masks).applied_to(before);
        for (std::size_t part = 0; part <= masks.size(); ++part) {
            const auto at = masks.begin() + static_cast<std::ptrdiff_t>(part);
            const std::uint32_t between = all_of({masks.begin(), at}).applied_to(before);
            BOOST_TEST(all_of({at, masks.end()}).applied_to(between) == whole);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
