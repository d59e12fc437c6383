// Answers requests for archives, or holds them until the tree below the prefix changes. One thread.
//
// An archive is answered as a file is (files/poll_decision.hpp): its version is the newest change
// below the prefix, its hash that of the state. No change is missed. A topic notes each change in
// the log from its beginning on, and what is made for it is of a revision after its beginning.
#pragma once

#include "proxy/archive/archive_answers.hpp"
#include "proxy/archive/archive_makings.hpp"
#include "proxy/archive/archive_topics.hpp"
#include "proxy/archive/archive_waiter.hpp"
#include "proxy/http/wait_spread.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/due_topics.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace treecast::proxy {

class ArchiveService final : public ChangeConsumer, private ArchiveWaiterOwner {
public:
    ArchiveService(
        boost::asio::io_context& context,
        Attachment& attachment,
        ArchiveShared shared,
        WantSender& wants,
        Counters& counters,
        const ContentTypes& types,
        ArchiveLimits limits,
        std::chrono::milliseconds load_timeout
    );

    /// Answers the request or holds it. Ranges, dates and codings of the request are
    /// to be removed.
    void get(Connection& connection, const ArchiveTarget& target, FileRequest request);

    void changed(std::span<const ipc::LogRecord> changes) override;
    void loaded(ipc::FileId file) override { makings_.loaded(file); }
    void everything_changed(Cause cause) override;
    void end_batch() override { due_.run(); }
    bool is_waiting() const override { return topics_.has_waiters(); }
    /// The worker calls it periodically.
    void housekeep();

private:
    /// A held archive is made so long after the last change, since changes come in groups.
    static constexpr Clock::duration settle_after = std::chrono::milliseconds(50);
    /// After a failure that may pass.
    static constexpr Clock::duration retry_after = std::chrono::seconds(1);

    /// The circumstances of one answer.
    struct Moment {
        bool may_wait = false;
        bool waited = false;
        Persistence persistence = Persistence::implied;

        friend bool operator==(const Moment&, const Moment&) = default;
    };
    /// The last answer of a turn. Most waiters of a topic sent equal requests.
    struct SharedAnswer {
        FileRequest request;
        Moment moment;
        Response response;
    };

    void wait_is_over(ArchiveWaiter& waiter) override;
    void turn_away(ArchiveWaiter& waiter) override;
    void removed(ArchiveWaiter& waiter) override { topics_.remove(waiter); }

    void catch_up(ArchiveTopic& topic);
    void note_change(ArchiveTopic& topic, std::uint64_t revision);
    static void pin(ArchiveTopic& topic);
    void settle_soon(ArchiveTopic& topic, Clock::duration after);
    void ask(ArchiveTopic& topic);
    void take(const std::string& name, const ArchiveExchange::Result& result);
    static void keep_knowledge(ArchiveTopic& topic, const MadeArchive& before);
    bool evaluate_due(ArchiveTopic& topic, std::size_t& budget);
    void evaluate(ArchiveWaiter& waiter, std::optional<SharedAnswer>& last);
    void load(ArchiveWaiter& waiter);
    std::shared_ptr<Content> content_of(ArchiveTopic& topic);
    std::optional<Response>
    answer(ArchiveTopic& topic, FileRequest& request, const Moment& moment, PollAction& action);

    Attachment& attachment_;
    const ArchiveShared shared_;
    Counters& counters_;
    ArchiveAnswers answers_;
    ArchiveTopics topics_;
    ArchiveMakings makings_;
    DueTopics<ArchiveTopic> due_;
    WaitSpread spread_;
    std::uint64_t passed_until_ = 0;  // each change up to here was passed to the topics
    bool is_stopping_ = false;        // a waiter was turned away
};

}  // namespace treecast::proxy
