// What the tests of decisions share: one moment, one file, its records, and how verdicts print.
#pragma once

#include "daemon/moment.hpp"
#include "daemon/transition.hpp"
#include "daemon/verdict.hpp"

#include <ostream>

#include <sys/stat.h>

namespace treecast::daemon {

inline std::ostream& operator<<(std::ostream& out, const Observation& seen) {
    if (seen.deleted)
        return out << "deleted";
    return out << "unavailable " << to_string(seen.unavailable) << ", stale "
               << to_string(seen.stale) << ", size " << seen.stat.size << ", hash "
               << seen.sha256.has_value();
}

/// For BOOST_TEST, which finds it as a member's namespace is that of the variant's types.
inline std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
    static constexpr const char* names[] = {
        "Drop",
        "Unchanged",
        "Publish",
        "PublishCopy",
        "Load",
        "CheckForWriter",
        "AwaitEvents",
        "Wait"};
    out << names[verdict.index()];
    if (const auto* const publish = std::get_if<Publish>(&verdict))
        out << ": " << publish->observation;
    if (const auto* const wait = std::get_if<Wait>(&verdict)) {
        out << ": reason " << static_cast<int>(wait->reason) << ", until "
            << wait->until.time_since_epoch().count() << " ns, awaited " << wait->is_awaited
            << ", log " << wait->must_log;
        if (wait->meanwhile)
            out << ", meanwhile " << *wait->meanwhile;
    }
    return out;
}

}  // namespace treecast::daemon

namespace treecast::test {

inline const daemon::Clock::time_point start = daemon::Clock::time_point() + std::chrono::hours(1);
inline const daemon::Moment now{start, std::chrono::hours(1000)};
inline const Sha256 some_hash{1};

/// Changed just now.
inline const watcher::FileStat some_stat{
    .device = 1,
    .inode = 10,
    .size = 5,
    .mtime_ns = 1'500'000'000,
    .ctime_ns = now.since_1970.count(),
    .mode = S_IFREG | 0644,
    .links = 1};

/// What the catalog says of a file of that stat whose bytes nobody has read.
inline ipc::Record listed_record() {
    ipc::Record record = daemon::transition({}, {.stat = some_stat}).record;
    record.change_revision = record.content_revision = 1;
    return record;
}

/// The hash is known, the content is not in memory.
inline ipc::Record read_record() {
    ipc::Record record = listed_record();
    record.hash_known = true;
    record.sha256 = some_hash;
    return record;
}

inline ipc::Record resident_record() {
    ipc::Record record = read_record();
    record.resident = true;
    return record;
}

}  // namespace treecast::test
