// Publishes files from the test process, as the daemon would: contents are given by the test,
// loaded when a proxy wants them. Thread safe; wants are served by a thread of its own.
#pragma once

#include "base/file_time.hpp"
#include "base/sha256.hpp"
#include "base/version.hpp"
#include "ipc/catalog_publication.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/daemon_queues.hpp"
#include "ipc/file_date.hpp"
#include "ipc/segment_writer.hpp"
#include "test/support/instance_guard.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace treecast::test {

class StandInDaemon {
public:
    explicit StandInDaemon(const InstanceGuard& instance, unsigned pairs = 4)
        : directory_(ipc::ObjectDirectory::create(instance.base(), instance.instance())),
          lock_(*ipc::lock_instance(directory_)),
          queues_(directory_, pairs),
          catalog_(directory_),
          base_(instance.base()),
          loader_([this](const std::stop_token& stop) {
              run(stop);
          }) {
        catalog_.beat();
    }
    ~StandInDaemon() {
        loader_.request_stop();
        loader_.join();
        if (removes_)
            BOOST_TEST(!ipc::remove_instance(base_, directory_));
    }
    StandInDaemon(const StandInDaemon&) = delete;
    StandInDaemon& operator=(const StandInDaemon&) = delete;

    void leave_objects() { removes_ = false; }
    std::uint64_t epoch() const { return catalog_.epoch(); }
    void complete_scan() {
        const std::lock_guard guard(mutex_);
        catalog_.set_scan_complete();
        ring({});
    }
    void set_degraded(std::string_view why) {
        const std::lock_guard guard(mutex_);
        catalog_.set_degraded(why);
    }
    /// From now on wants are answered, or not.
    void serve_wants(bool serve) { serves_wants_ = serve; }
    /// From now on the heart beats, or not.
    void beat(bool beats) { beats_ = beats; }
    void ring_bell(bool rings) { rings_ = rings; }
    std::size_t wants() const { return wants_; }
    std::size_t in_use() const { return in_use_; }

    enum class As { resident, listed, unhashed };
    /// Publishes a content; the same bytes move the change revision alone.
    Version put(std::string_view path, std::string content, As as = As::resident) {
        const std::lock_guard guard(mutex_);
        const ipc::FileId file = *catalog_.find_or_make(path);
        const ipc::Record before = catalog_.read(file);
        ipc::Record record = before;
        const bool same =
            before.state == ipc::FileState::present && contents_[file.value] == content;
        ipc::CatalogPublication publication(catalog_, next_us());
        const std::uint64_t revision = publication.revision();
        record.change_revision = revision;
        if (!same)
            record.content_revision = revision;
        record.state = ipc::FileState::present;
        record.reason = ipc::UnavailableReason::none;
        record.mode = S_IFREG | 0644;
        record.size = content.size();
        record.mtime_ns = mtime_ns_;
        if (before.state == ipc::FileState::present && !same)
            record.date_floor = ipc::date_mark(ipc::second_of(before.mtime_ns));
        record.hash_known = as != As::unhashed;
        record.sha256 = record.hash_known ? sha256_of(content) : Sha256{};
        record.resident = as == As::resident;
        contents_[file.value] = std::move(content);
        if (record.resident && !same)
            fill(file, record);
        publication.announce(file, record);
        publication.commit();
        ring({catalog_.epoch(), revision, file});
        if (before.resident && !same)
            ipc::remove_segment(directory_, file, before.content_revision);
        return {catalog_.epoch(), record.content_revision};
    }
    /// One publication that changes the mode of several files. `before_commit` is called when their
    /// records are stored and the revision is not announced yet.
    Version set_mode(
        const std::vector<std::string>& paths,
        mode_t mode,
        const std::function<void()>& before_commit = {}
    ) {
        const std::lock_guard guard(mutex_);
        ipc::CatalogPublication publication(catalog_, next_us());
        for (const std::string& path : paths) {
            const ipc::FileId file = *catalog_.find(path);
            ipc::Record record = catalog_.read(file);
            record.change_revision = publication.revision();
            record.mode = static_cast<std::uint16_t>(S_IFREG | mode);
            publication.announce(file, record);
        }
        if (before_commit)
            before_commit();
        publication.commit();
        ring({catalog_.epoch(), publication.revision(), {}});
        return {catalog_.epoch(), publication.revision()};
    }
    Version remove(std::string_view path) {
        return change(path, [](ipc::Record& record, std::uint64_t revision) {
            record.state = ipc::FileState::deleted;
            record.content_revision = revision;
        });
    }
    Version make_unavailable(std::string_view path, ipc::UnavailableReason reason) {
        return change(path, [&](ipc::Record& record, std::uint64_t revision) {
            record.state = ipc::FileState::unavailable;
            record.reason = reason;
            record.content_revision = revision;
        });
    }
    void make_directory(std::string_view path) {
        const std::lock_guard guard(mutex_);
        BOOST_TEST(!catalog_.set_directory(path, true));
    }
    /// Takes the content away, as eviction does.
    void evict(std::string_view path) {
        const std::lock_guard guard(mutex_);
        const ipc::FileId file = *catalog_.find(path);
        ipc::Record record = catalog_.read(file);
        record.resident = false;
        catalog_.store(file, record);
        ipc::remove_segment(directory_, file, record.content_revision);
    }
    /// mtime of what is published next.
    void set_mtime(std::int64_t seconds) { mtime_ns_ = pack_file_time({seconds, 0}); }
    std::uint64_t newest_revision() {
        const std::lock_guard guard(mutex_);
        return catalog_.newest_revision();
    }
    /// Fills every worker's notification queue.
    void flood_bells() {
        const std::lock_guard guard(mutex_);
        for (long i = 0; i < 2 * ipc::queue_messages_max; ++i)
            queues_.ring({catalog_.epoch(), 0, {}});
    }

private:
    Version
    change(std::string_view path, const std::function<void(ipc::Record&, std::uint64_t)>& edit) {
        const std::lock_guard guard(mutex_);
        const ipc::FileId file = *catalog_.find_or_make(path);
        const ipc::Record before = catalog_.read(file);
        ipc::Record record = before;
        ipc::CatalogPublication publication(catalog_, next_us());
        const std::uint64_t revision = publication.revision();
        record.change_revision = revision;
        record.resident = false;
        edit(record, revision);
        publication.announce(file, record);
        publication.commit();
        ring({catalog_.epoch(), revision, file});
        if (before.resident)
            ipc::remove_segment(directory_, file, before.content_revision);
        return {catalog_.epoch(), record.content_revision};
    }

    void fill(ipc::FileId file, const ipc::Record& record) {
        const std::string& content = contents_[file.value];
        // Not checked by Boost.Test, whose macros are for one thread.
        auto segment = ipc::SegmentWriter::create(directory_, ++loads_);
        if (!segment || segment->write(content.data(), content.size()) ||
            segment->publish(file, record.content_revision))
            throw std::runtime_error("the stand-in daemon cannot make a segment");
    }

    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            {
                const std::lock_guard guard(mutex_);
                if (beats_)
                    catalog_.beat();
                for (unsigned pair = 0; pair < queues_.pairs(); ++pair)
                    while (const auto request = queues_.receive(pair))
                        serve(*request);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    void serve(const ipc::Request& request) {
        if (request.kind == ipc::RequestKind::in_use) {
            in_use_ += request.files.size();
            return;
        }
        wants_ += request.files.size();
        if (!serves_wants_)
            return;
        for (const ipc::FileId file : request.files) {
            ipc::Record record = catalog_.read(file);
            if (record.state != ipc::FileState::present || record.resident)
                continue;
            fill(file, record);
            record.resident = true;
            record.hash_known = true;
            record.sha256 = sha256_of(contents_[file.value]);
            catalog_.store(file, record);
            ring({catalog_.epoch(), catalog_.newest_revision(), file});
        }
    }
    void ring(const ipc::Notification& notification) {
        if (rings_)
            queues_.ring(notification);
    }
    static std::uint64_t next_us() {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                              std::chrono::system_clock::now().time_since_epoch()
        )
                                              .count());
    }

    ipc::ObjectDirectory directory_;
    UniqueFd lock_;
    ipc::DaemonQueues queues_;  // before the catalog, as the daemon makes them
    ipc::CatalogWriter catalog_;
    std::string base_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::string> contents_;
    std::atomic<std::int64_t> mtime_ns_{1'700'000'000'000'000'000};
    std::uint64_t loads_ = 0;
    bool removes_ = true;
    std::atomic<bool> serves_wants_{true};
    std::atomic<bool> beats_{true};
    std::atomic<bool> rings_{true};
    std::atomic<std::size_t> wants_{0};
    std::atomic<std::size_t> in_use_{0};
    std::jthread loader_;
};

}  // namespace treecast::test
