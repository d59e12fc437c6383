// Answers requests for files of all protocols at once, or holds them until the file changes. One
// thread.
//
// No change is missed. A request that cannot be answered at once subscribes first and then looks at
// the catalog again. The log is read from a revision that was current before that look. So each
// change is either seen by the look or found in the log.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/file_codings.hpp"
#include "proxy/files/subscriptions.hpp"
#include "proxy/http/wait_spread.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/representation/representation_cache.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/due_topics.hpp"
#include "proxy/source/want_sender.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace treecast::proxy {

class FileService final : public ChangeConsumer, private WaiterOwner {
public:
    FileService(
        boost::asio::io_context& context,
        Attachment& attachment,
        RepresentationCache& cache,
        FileCodings& codings,
        WantSender& wants,
        std::chrono::milliseconds load_timeout,
        std::chrono::milliseconds coding_wait
    );

    /// Answers the request through `answers`, or holds it.
    void
    get(Connection& connection, std::string_view path, FileRequest request, FileAnswers& answers);

    /// Marks the waiters of these files. They are evaluated again when the batch ends.
    void changed(std::span<const ipc::LogRecord> changes) override;
    void loaded(ipc::FileId file) override { invalidate(file); }
    void everything_changed(Cause cause) override;
    /// Answers the waiters of changed files, in turns.
    void end_batch() override { due_.run(); }
    bool is_waiting() const override { return !subscriptions_.empty(); }

    /// The files that have subscribers, and those that were read since the last call.
    std::vector<ipc::FileId> collect_files_in_use();
    /// Closes contents that the daemon has evicted. An eviction is not in the log, so this has to
    /// be polled.
    void remove_evicted();

private:
    /// An answer, and the request that it answers.
    struct SharedAnswer {
        const FileAnswers* answers;
        FileRequest request;
        bool may_wait = false;
        Persistence persistence = Persistence::implied;
        Response response;
    };
    /// State while the waiters of one topic are evaluated. Most of them sent equal requests, so the
    /// last answer is kept for reuse.
    struct Turn {
        const Sighting seen;
        const Clock::time_point now;
        std::optional<SharedAnswer> last{};
    };

    void wait_is_over(Waiter& waiter) override;
    void turn_away(Waiter& waiter) override;
    void make_due(Topic& topic);
    bool evaluate_due(Topic& topic, std::size_t& budget);
    void evaluate(Waiter& waiter, Turn& turn);
    std::optional<Response> answer(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence,
        FileAnswers& answers
    );
    bool choose_coding(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        FileCodings::Occasion occasion,
        PollDecision& decision
    );
    void hold(Waiter& waiter, const Sighting& seen, const PollDecision& decision);
    void await_coding(Waiter& waiter);
    void coding_ended(ipc::FileId file);
    void load(Waiter& waiter, const Sighting& seen, const PollDecision& decision);
    void want(const Sighting& seen, const FileRequest& request, const PollDecision& decision);
    void invalidate(ipc::FileId file);

    Attachment& attachment_;
    RepresentationCache& cache_;
    FileCodings& codings_;
    WantSender& wants_;
    const std::chrono::milliseconds load_timeout_;
    const std::chrono::milliseconds coding_wait_;  // for a coding; then the identity is sent
    Subscriptions subscriptions_{*this};
    DueTopics<Topic> due_;
    bool stopping_ = false;  // a waiter was turned away
    WaitSpread spread_;
};

}  // namespace treecast::proxy
