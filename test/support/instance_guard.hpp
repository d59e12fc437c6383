// An instance name of a test's own, and a check that no object of the instance is left behind. What
// tests have left that were killed is removed by the next ones of the same user.
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
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
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
          name_(*InstanceName::parse(unique_name())) {
        remove_abandoned();
    }
    InstanceGuard(const InstanceGuard&) = delete;
    InstanceGuard& operator=(const InstanceGuard&) = delete;
    ~InstanceGuard() {
        if (leftovers_ == Leftovers::are_errors)
            for (const std::string& object : objects())
                BOOST_ERROR("left behind: " + object);
        remove(name_);
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
        for (const std::string& queue : possible_queues(name_))
            if (exists(queue))
                found.push_back(queue);
        return found;
    }

private:
    static constexpr std::string_view name_prefix = "test-";

    static std::string unique_name() {
        static std::atomic<unsigned> counter{0};
        return std::string(name_prefix) + std::to_string(::getpid()) + '-' +
               std::to_string(++counter);
    }

    /// Whether it is a unique_name() of a process that is no more.
    static bool is_abandoned(std::string_view name) {
        pid_t pid = 0;
        if (!name.starts_with(name_prefix))
            return false;
        name.remove_prefix(name_prefix.size());
        std::from_chars(name.data(), name.data() + name.size(), pid);
        return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
    }

    void remove_abandoned() const {
        std::vector<InstanceName> abandoned;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(base_, error))
            if (const auto name = InstanceName::parse(entry.path().filename().string());
                name && is_abandoned(name->text()))
                abandoned.push_back(*name);
        for (const InstanceName& name : abandoned)
            remove(name);
    }

    std::vector<std::string> possible_queues(const InstanceName& name) const {
        const std::string prefix = ipc::queue_prefix(owner_, base_, name);
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

    void remove(const InstanceName& name) const {
        std::error_code ignored;
        std::filesystem::remove_all(base_ + '/' + name.text(), ignored);
        // All instances of the user share the base; rmdir() removes it only if this was the last.
        ::rmdir(base_.c_str());
        for (const std::string& queue : possible_queues(name))
            ::mq_unlink(queue.c_str());
    }

    Leftovers leftovers_;
    uid_t owner_;
    std::string base_;
    InstanceName name_;
};

}  // namespace treecast::test
