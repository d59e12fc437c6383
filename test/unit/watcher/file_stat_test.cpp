#include "watcher/file_stat.hpp"

#include "base/file_time.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(file_stat)

BOOST_AUTO_TEST_CASE(times_of_any_year_stay_what_they_are) {
    for (const std::int64_t seconds :
         {-11'644'473'600L, -1L, 0L, 1'700'000'000L, 15'032'385'535L}) {
        struct stat status {};
        status.st_mtim = {seconds, 500};
        status.st_ctim = {seconds, 600};

        const watcher::FileStat stat = watcher::file_stat_of(status);

        BOOST_TEST((unpack_file_time(stat.mtime_ns) == FileTime{seconds, 500}), seconds);
        BOOST_TEST((unpack_file_time(stat.ctime_ns) == FileTime{seconds, 600}), seconds);
    }
}

BOOST_AUTO_TEST_SUITE_END()
