// The archives that somebody waits for, or that were made and are kept. One thread.
#pragma once

#include "proxy/archive/archive_target.hpp"
#include "proxy/archive/archive_waiter.hpp"
#include "proxy/archive/made_archive.hpp"
#include "proxy/net/content.hpp"
#include "proxy/net/deadlines.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

using ArchiveWaiterList =
    boost::intrusive::list<ArchiveWaiter, boost::intrusive::constant_time_size<false>>;

struct ArchiveTopic
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    ArchiveTopic(boost::asio::io_context& context, ArchiveTarget target_)
        : target(std::move(target_)), settle_timer(context) {}

    /// Whether `made` is what there is now, as far as this worker has read the log.
    bool is_current() const noexcept {
        return made && made->lasts() && changed_at <= made->revision;
    }
    bool has_waiters() const noexcept { return !waiting.empty() || !due.empty(); }

    const ArchiveTarget target;
    std::shared_ptr<const MadeArchive> made{};
    std::shared_ptr<const MadeArchive> failure{};  // of the last making, for those who wait for it
    std::weak_ptr<Content> content{};              // of `made`, as this worker sends it
    std::shared_ptr<Content> fresh{};  // the same, until all who waited for it are answered
    std::uint64_t changed_at = 0;  // the newest change below the prefix, or the topic's beginning
    std::uint64_t read_until = 0;  // changes up to here are known, see ArchiveService
    bool is_asked = false;         // it is being made
    Clock::time_point first_change{};  // since it was made last
    boost::asio::steady_timer settle_timer;
    Clock::time_point used_at{};
    ArchiveWaiterList waiting;
    ArchiveWaiterList due;  // to be evaluated again; the topic is then among the due topics
    std::size_t uses = 0;   // waiters and Uses
};

class ArchiveTopics {
public:
    explicit ArchiveTopics(boost::asio::io_context& context) : context_(context) {}

    /// Keeps a topic while it is worked on. It goes with its last use, unless it is a state that is
    /// kept, or is being made.
    class Use {
    public:
        Use(ArchiveTopics& topics, ArchiveTopic& topic) noexcept : topics_(topics), topic_(topic) {
            ++topic.uses;
        }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        ~Use() { topics_.release(topic_); }

    private:
        ArchiveTopics& topics_;
        ArchiveTopic& topic_;
    };

    /// Use it at once: see Use.
    ArchiveTopic& topic_of(const ArchiveTarget& target);
    ArchiveTopic* find(const std::string& name);
    void add(ArchiveTopic& topic, ArchiveWaiter& waiter);
    void remove(ArchiveWaiter& waiter);
    bool empty() const noexcept { return by_name_.empty(); }
    bool has_waiters() const noexcept { return waiters_ != 0; }

    /// The topics of the directories above the path of a file that has changed. All if it is not
    /// known: the file was deleted, and forgotten since its change was read in the log.
    std::vector<ArchiveTopic*> above(const std::optional<std::string>& path) const;
    std::vector<ArchiveTopic*> all() const;

private:
    void release(ArchiveTopic& topic);

    boost::asio::io_context& context_;
    std::map<std::string, std::unique_ptr<ArchiveTopic>> by_name_;
    std::unordered_multimap<std::string, ArchiveTopic*> by_prefix_;
    std::size_t waiters_ = 0;
};

}  // namespace treecast::proxy
