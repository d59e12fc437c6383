// What the tests of publish_threads share.
//
// The publish protocol with writer and readers as threads over one mapping, so that
// ThreadSanitizer sees both sides of every word; and the same over two mappings.
#pragma once

#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_mapping.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <thread>

namespace treecast::test::publish_threads_cases {

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

/// A record of which every field is told by its revision: a mixture shows.
inline Record telling_record(std::uint64_t revision) {
    Record record = present_record(revision, revision * 3);
    record.inode = revision ^ 0x5555;
    record.mtime_ns = static_cast<std::int64_t>(revision * 5);
    record.ctime_mark = static_cast<std::uint32_t>(revision * 7);
    record.date_floor = static_cast<std::uint32_t>(revision * 11);
    record.device = static_cast<std::uint32_t>(revision);
    record.mode = static_cast<std::uint16_t>(revision);
    record.sha256.fill(static_cast<std::uint8_t>(revision));
    return record;
}

inline bool is_whole(const Record& record) {
    if (record.state == FileState::deleted || record.state == FileState::directory)
        return record == deleted_record(record.change_revision) ||
               record.state == FileState::directory || record.change_revision == 0;
    return record == telling_record(record.change_revision);
}

struct Fixture : ObjectFixture {
    /// Runs `write` here while each of `readers` runs again and again in a thread of its own.
    void run(
        CatalogWriter& writer,
        bool one_mapping,
        const std::vector<std::function<void(const CatalogReader&)>>& readers,
        const std::function<void()>& write
    ) {
        std::vector<CatalogReader> attached;
        for (std::size_t i = 0; i < readers.size(); ++i)
            attached.push_back(
                one_mapping ? CatalogReader::attach(writer.mapping())
                            : CatalogReader::attach(directory).value()
            );
        std::atomic<bool> done{false};
        std::atomic<std::size_t> running{0};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < readers.size(); ++i)
            threads.emplace_back([&, i] {
                ++running;
                do
                    readers[i](attached[i]);
                while (!done);
            });
        while (running < readers.size())
            std::this_thread::yield();
        write();
        done = true;
        for (std::thread& thread : threads)
            thread.join();
    }

    std::atomic<int> errors{0};  // Boost.Test's own checks are for one thread
};

const bool mappings[] = {true, false};

/// Long enough for a reader to be interrupted in the middle of everything.
inline void hammer(const std::function<void()>& write) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    while (std::chrono::steady_clock::now() < end)
        for (int i = 0; i < 100; ++i)
            write();
}

}  // namespace treecast::test::publish_threads_cases
