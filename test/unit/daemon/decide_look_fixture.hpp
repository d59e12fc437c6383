// What the tests of decide_look share: tables of what is seen, what is known, and the verdict.
#pragma once

#include "daemon/decide_look.hpp"
#include "test/unit/daemon/verdict_printing.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

namespace treecast::test::decide_look_cases {

using namespace treecast::daemon;

using ipc::UnavailableReason;

struct Row {
    const char* rule;
    Sight sight;
    std::function<void(LookFacts&)> given;
    std::function<void(Work&)> history;
    Verdict expected;
};

inline void check(const std::vector<Row>& rows, const ServePolicy& policy = {}) {
    for (const Row& row : rows) {
        LookFacts facts{.sight = row.sight, .stat = some_stat, .absence_counts = true};
        row.given(facts);
        Work work;
        row.history(work);
        BOOST_TEST(decide_look(work, facts, policy, now) == row.expected, row.rule);
    }
}

inline void unknown(LookFacts& /*facts*/) {}
inline void listed(LookFacts& facts) {
    facts.record = listed_record();
}
inline void hashed(LookFacts& facts) {
    facts.record = read_record();
}
inline void resident(LookFacts& facts) {
    facts.record = resident_record();
}
inline void changed_stat(LookFacts& facts) {
    resident(facts);
    facts.stat.size = 6;
}
inline void nothing(Work& /*work*/) {}
inline void wanted(Work& work) {
    work.is_wanted = true;
}
inline auto signalled(const watcher::Signs& signs) {
    return [signs](Work& work) {
        work.notes.add(signs, 1, false);
    };
}

}  // namespace treecast::test::decide_look_cases
