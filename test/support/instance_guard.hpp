// An instance name of a test's own, and a check that no object of the instance is left behind.
//
// /dev/mqueue need not be mounted, so queues are found by their names, which ipc/ defines. Link
// treecast_ipc to use this header.
#pragma once

#include "base/instance.hpp"
#include "ipc/queue_names.hpp"

#include <treecast/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

namespace treecast::test {

/// Whether objects that exist when the guard is destroyed are an error. They are removed in either
/// case.
enum class Leftovers {
    are_errors,    // the programs should have removed them: `treecast serve`, `clean`, unit tests
    are_expected,  // a daemon without `serve` leaves them to its successor
};

class InstanceGuard {
public:
    /// `owner`: the user that the daemon runs as.
    explicit InstanceGuard(Leftovers leftovers = Leftovers::are_errors, uid_t owner = ::geteuid())
        : InstanceGuard(leftovers, owner, private_object_base(owner)) {}
    InstanceGuard(Leftovers leftovers, uid_t owner, std::string base)
        : leftovers_(leftovers),
          owner_(owner),
          base_(std::move(base)),
          name_(*InstanceName::parse(unique_name())) {}
    InstanceGuard(const InstanceGuard&) = delete;
    InstanceGuard& operator=(const InstanceGuard&) = delete;
    ~InstanceGuard() {
        if (leftovers_ == Leftovers::are_errors)
            for (const std::string& object : objects())
                BOOST_ERROR("left behind: " + object);
        remove();
    }

    const InstanceName& instance() const noexcept { return name_; }
    const std::string& name() const noexcept { return name_.text(); }
    const std::string& base() const noexcept { return base_; }
    std::string object_directory() const { return base_ + '/' + name_.text(); }

    /// The object directory, what lies in it, and the queues, as far as they exist.
    std::vector<std::string> objects() const {
        std::vector<std::string> found;
        std::error_code error;
        if (std::filesystem::exists(object_directory(), error))
            found.push_back(object_directory());
        for (const auto& entry : std::filesystem::directory_iterator(object_directory(), error))
            found.push_back(entry.path().string());
        for (const std::string& queue : possible_queues())
            if (exists(queue))
                found.push_back(queue);
        return found;
    }

private:
    static std::string unique_name() {
        static std::atomic<unsigned> counter{0};
        return "test-" + std::to_string(::getpid()) + '-' + std::to_string(++counter);
    }

    std::vector<std::string> possible_queues() const {
        const std::string prefix = ipc::queue_prefix(owner_, base_, name_);
        std::vector<std::string> names;
        for (unsigned pair = 0; pair < max_workers_max; ++pair) {
            names.push_back(ipc::notification_queue_name(prefix, pair));
            names.push_back(ipc::request_queue_name(prefix, pair));
        }
        return names;
    }

    static bool exists(const std::string& queue) {
        const mqd_t descriptor = ::mq_open(queue.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor == -1)
            return errno != ENOENT;
        ::mq_close(descriptor);
        return true;
    }

    void remove() const {
        std::error_code ignored;
        std::filesystem::remove_all(object_directory(), ignored);
        // All instances of the user share the base; rmdir() removes it only if this was the last.
        ::rmdir(base_.c_str());
        for (const std::string& queue : possible_queues())
            ::mq_unlink(queue.c_str());
    }

    Leftovers leftovers_;
    uid_t owner_;
    std::string base_;
    InstanceName name_;
};

}  // namespace treecast::test
