// Requests for files, by HTTP and by GETFILE: answered at once, or held until the file changes. One
// thread.
//
// No wake-up is lost: a request subscribes first and looks at the catalog after that, and the log
// is read from a revision that was current before; so a change is in the look or in the log.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/representation.hpp"
#include "proxy/net/session.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/subscriptions.hpp"
#include "proxy/source/wants.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace treecast::proxy {

struct WaitLimits {
    std::chrono::milliseconds wait_max;
    std::chrono::milliseconds load_timeout;
};

class FileService {
public:
    FileService(
        boost::asio::io_context& context,
        Attachment& attachment,
        RepresentationCache& cache,
        Wants& wants,
        WaitLimits limits
    );

    /// GET or HEAD of a file; answers or parks.
    void get(
        Session& session,
        const Request& request,
        std::string_view encoded_path,
        std::string_view query
    );
    /// GETFILE of the path as the client sent it; answers or parks until it can be answered.
    void get(Session& session, Protocol dialect, std::string_view path);
    /// The deadline of a parked session came.
    void wait_is_over(Session& session);

    /// The log, or a met want, names this file: asks its waiters again.
    void changed(ipc::FileId file);
    /// Asks everybody again: what changed is not known, or ids are void.
    void everything_changed();
    /// Answers those whose file changed, as many as one turn may; posts itself for the rest.
    void run_due();

    /// Files that are subscribed to or were read since the last call.
    std::vector<ipc::FileId> take_files_in_use();
    bool has_waiters() const noexcept { return !subscriptions_.empty(); }
    /// 503, or ERROR, for everybody who waits, since the proxy ends.
    void turn_away(Session& session);
    Response problem(const Problem& problem, bool head, Connection connection) {
        return answers_.problem(problem, head, connection);
    }

private:
    /// An answer, and what it answers.
    struct SharedAnswer {
        FileRequest request;
        bool may_wait = false;
        Connection connection = Connection::implied;
        Response response;
    };
    /// Waiters of one topic that are asked together. Most of them asked the same, so that the
    /// answer of the one before is theirs too.
    struct Turn {
        const Sighting seen;
        const Clock::time_point now;
        std::optional<SharedAnswer> last{};
    };

    void answer_or_hold(Session& session, std::string_view path, FileRequest request);
    void make_due(Topic& topic);
    void schedule_due();
    void ask_topic(Topic& topic, std::size_t& budget);
    void ask(Waiter& waiter, Turn& turn);
    std::optional<Response> answer(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Connection connection
    );
    void hold(Waiter& waiter, const Sighting& seen, const PollDecision& decision);
    void load(Waiter& waiter, const Sighting& seen, const PollDecision& decision);
    void want(const Sighting& seen, const FileRequest& request, const PollDecision& decision);
    Clock::time_point end_of_wait(std::chrono::milliseconds wait);

    boost::asio::io_context& context_;
    Attachment& attachment_;
    RepresentationCache& cache_;
    Wants& wants_;
    const WaitLimits limits_;
    FileAnswers answers_;
    Subscriptions subscriptions_;
    boost::intrusive::list<Topic, boost::intrusive::constant_time_size<false>> due_topics_;
    bool due_posted_ = false;
    std::minstd_rand random_;
};

}  // namespace treecast::proxy
