#include "proxy/representation/last_modified.hpp"

#include "base/file_time.hpp"
#include "ipc/file_date.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(last_modified_dates)

BOOST_AUTO_TEST_CASE(last_modified_is_a_date_that_http_has_and_that_is_over) {
    constexpr std::int64_t now = 1'700'000'000;
    struct {
        FileTime mtime;
        std::optional<std::int64_t> date;
    } const cases[] = {
        {{784111777, 999'999'999}, 784111777},
        {{0, 0}, 0},
        {{-1, 999'999'999}, -1},
        {{now, 999'999'999}, now},
        {{now + 1, 0}, std::nullopt},
        {{15'032'385'535, 0}, std::nullopt},  // 2446, the end of ext4
        {{year_10000_s, 0}, std::nullopt},
        {{-2'208'988'800, 0}, -2'208'988'800},  // 1900
        {{-2'208'988'801, 0}, std::nullopt},
        {{-11'644'473'600, 0}, std::nullopt},  // 1601, the beginning of NTFS
    };
    for (const auto& each : cases) {
        ipc::Record record;
        record.mtime_ns = pack_file_time(each.mtime);
        BOOST_TEST((last_modified(record, now) == each.date), each.mtime.seconds);
        BOOST_TEST(date_stands_for(record, each.mtime.seconds, now) == each.date.has_value());
    }
}

BOOST_AUTO_TEST_CASE(content_is_unmodified_since_its_date_and_those_that_no_other_version_had) {
    constexpr std::int64_t mtime = 1'600'000'000;
    struct {
        std::int64_t date;
        std::int64_t newest_other;  // 0: none
        bool holds;
    } const cases[] = {
        {mtime - 1, 0, false},
        {mtime, 0, true},
        {mtime + 1, 0, true},
        {mtime, mtime - 1, true},
        {mtime, mtime, false},      // it may be that of the other one
        {mtime, mtime + 9, false},  // the mtime was restored
        {mtime + 9, mtime + 9, false},
        {mtime + 10, mtime + 9, true},
        {mtime - 1, mtime - 9, false},
    };
    for (const auto& each : cases) {
        ipc::Record record;
        record.mtime_ns = pack_file_time({mtime, 5});
        record.date_floor = each.newest_other == 0 ? 0 : ipc::date_mark(each.newest_other);
        BOOST_TEST(is_unmodified_since(record, each.date) == each.holds, each.date);
    }
    // Later than what a mark can say: it may have been any date.
    ipc::Record record;
    record.date_floor = ipc::date_mark(year_10000_s);
    BOOST_TEST(!is_unmodified_since(record, year_10000_s));
}

BOOST_AUTO_TEST_SUITE_END()
