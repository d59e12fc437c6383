#include "client/following/quick_answers.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace treecast::client;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(quick_answers)

BOOST_AUTO_TEST_CASE(a_pause_follows_what_was_not_held_and_moves_nothing_or_again) {
    enum class Step { news, no_news };
    struct Row {
        Step step;
        int elapsed_ms;
        bool has_moved;
        int pause_ms;
    };
    const std::array rows{
        Row{Step::no_news, 999, false, 750},
        Row{Step::no_news, 3, false, 1500},
        Row{Step::no_news, 3, true, 0},  // a new epoch
        Row{Step::no_news, 3, true, 3000},
        Row{Step::no_news, 3, false, 6000},
        Row{Step::no_news, 1000, false, 0},  // held
        Row{Step::no_news, 1000, true, 0},
        Row{Step::no_news, 3, true, 0},
        Row{Step::no_news, 3, true, 750},
        Row{Step::news, 3, true, 0},
        Row{Step::no_news, 3, true, 0},
        Row{Step::no_news, 3, false, 750},
    };
    QuickAnswers quick_answers;
    for (std::size_t i = 0; i < rows.size(); ++i)
        BOOST_TEST_CONTEXT(i) {
            const auto& row = rows.at(i);
            if (row.step == Step::news)
                quick_answers.reset();
            else
                BOOST_TEST(
                    quick_answers.pause(milliseconds(row.elapsed_ms), row.has_moved, 0.5).count() ==
                    row.pause_ms
                );
        }
}

BOOST_AUTO_TEST_SUITE_END()
