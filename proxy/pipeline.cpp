#include "proxy/pipeline.hpp"

#include "base/log.hpp"
#include "proxy/files/file_path.hpp"
#include "proxy/getfile/getfile_session.hpp"
#include "proxy/http/http_session.hpp"

#include <algorithm>

#include <fcntl.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr Clock::duration look_for_daemon_first = 5ms;  // while there is none: it is starting, or
constexpr Clock::duration look_for_daemon_max = 100ms;  // will be started some time
constexpr Clock::duration look_for_ready = 20ms;        // while its first scan runs
constexpr Clock::duration look_for_queues = 1s;         // of a daemon that cannot be reached
constexpr auto look_for_changes = 20ms;                 // with subscribers and without a queue pair
constexpr Clock::duration wants_pause = 10ms;           // before a full queue is tried again
constexpr Clock::duration wants_repetition = 250ms;
constexpr std::size_t sweep_at_once_max = 256;  // more outstanding wants are swept on the timer
constexpr unsigned in_use_repetition = 8;       // ticks
constexpr auto drain_timeout = 5s;
constexpr auto drain_look = 20ms;

}  // namespace

Pipeline::Pipeline(
    boost::asio::io_context& context,
    const Settings& settings,
    unsigned worker,
    std::span<Counters> counters,
    std::function<void()> ready
)
    : context_(context),
      settings_(settings),
      worker_(worker),
      counters_(counters),
      own_counters_(counters[worker]),
      ready_(std::move(ready)),
      attachment_(settings.instance, settings.object_base, worker, own_counters_),
      deadlines_(context),
      sockets_(context),
      shared_{
          context,
          deadlines_,
          sockets_,
          *this,
          own_counters_,
          settings.request_timeout,
          settings.send_timeout},
      cache_(own_counters_),
      endpoints_(settings.instance, attachment_, counters),
      files_(context, attachment_, cache_, wants_, {settings.wait_max, settings.load_timeout}),
      bell_(context),
      tick_(context),
      wants_timer_(context),
      drain_timer_(context) {}

Pipeline::~Pipeline() {
    while (!shared_.sessions.empty())
        boost::intrusive_ptr<Session>(&shared_.sessions.front())->close();
}

void Pipeline::listen(UniqueFd socket, Protocol protocol) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        context_,
        std::move(socket),
        [this, protocol](UniqueFd connection) {
            if (protocol == Protocol::http)
                HttpSession::start(shared_, std::move(connection));
            else
                GetfileSession::start(shared_, protocol, std::move(connection));
        }
    ));
}

void Pipeline::start() {
    tick();
    for (const auto& acceptor : acceptors_)
        acceptor->start();
}

// --- Requests ------------------------------------------------------------------------------

void Pipeline::handle(Session& session, const Request& request) {
    const Target target = split_target(request.target);
    const Route route = find_route(request, target.path);
    if (route.resource != Resource::files || route.refusal != 0)
        return session.respond(endpoints_.answer(route, request, target.query, session.connection())
        );
    files_.get(session, request, route.rest, target.query);
    settle(session);
}

void Pipeline::handle_getfile(Session& session, Protocol dialect, std::string_view path) {
    files_.get(session, dialect, path);
    settle(session);
}

/// While stopping nobody is held.
void Pipeline::settle(Session& session) {
    if (shared_.stopping)
        files_.turn_away(session);
    schedule_wants();
}

void Pipeline::wait_is_over(Session& session) {
    files_.wait_is_over(session);
    schedule_wants();
}

// --- Changes -------------------------------------------------------------------------------

/// One wait at a time. A wait that ends because its descriptor was replaced goes on with the new
/// one; one that ends with the descriptor closed for good does not.
void Pipeline::wait_for_bell() {
    if (std::exchange(bell_pending_, true))
        return;
    bell_.async_wait(bell_.wait_read, [this](const boost::system::error_code& error) {
        bell_pending_ = false;
        if (!error && attachment_.pair() != nullptr)
            on_bell();
        if ((!error || error == boost::asio::error::operation_aborted) && bell_.is_open())
            wait_for_bell();
    });
}

/// The push comes first: whether there are more messages is asked after it.
void Pipeline::on_bell() {
    take(attachment_.pair()->receive());
    while (attachment_.pair() != nullptr) {
        const auto newest = attachment_.pair()->drain();
        if (!newest)
            return;
        take(newest);
    }
}

void Pipeline::take(const std::optional<ipc::Notification>& notification) {
    if (notification && notification->epoch != attachment_.catalog()->epoch())
        refresh_attachment();
    if (notification)
        attachment_.hear_bell();
    catch_up();
    if (notification)
        files_.changed(notification->file);
    if (wants_.size() <= sweep_at_once_max)
        sweep_wants();
    limit_pinned();
    files_.run_due();
    schedule_wants();
    if (ready_)  // the first scan may have been completed
        refresh_attachment();
    tell_ready();
}

/// Reads the log from where it was left to the header's revision: the queue only says when.
void Pipeline::catch_up() {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr)
        return;
    // What is missing may have been awaited until somebody could say so.
    if (!scan_complete_ && catalog->scan_complete()) {
        scan_complete_ = true;
        files_.everything_changed();
    }
    const std::uint64_t newest = catalog->newest_revision();
    if (newest == last_revision_)
        return;
    changes_.clear();
    if (catalog->changes_since(last_revision_, changes_)) {
        for (const ipc::LogRecord& change : changes_)
            files_.changed(change.file);
    } else {
        cache_.clear();
        files_.everything_changed();
    }
    last_revision_ = newest;
}

void Pipeline::sweep_wants() {
    if (wants_.empty() || attachment_.catalog() == nullptr)
        return;
    const auto now = Clock::now();
    wants_.sweep(*attachment_.catalog(), now, [this](ipc::FileId file) {
        files_.changed(file);
    });
    if (attachment_.pair() != nullptr)
        wants_.send(*attachment_.pair(), attachment_.catalog()->epoch(), now);
}

/// Sends new wants, and looks again as long as there are any: soon if the queue was full or there
/// are too many to look at each time the bell rings, else in time to repeat them.
void Pipeline::schedule_wants() {
    if (wants_.empty() || attachment_.pair() == nullptr)
        return;
    wants_.send(*attachment_.pair(), attachment_.catalog()->epoch(), Clock::now());
    const bool soon = wants_.has_unsent() || wants_.size() > sweep_at_once_max;
    const auto at = Clock::now() + (soon ? wants_pause : wants_repetition);
    if (at >= wants_look_at_)
        return;
    wants_look_at_ = at;
    wants_timer_.expires_at(at);
    wants_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error)
            return;
        wants_look_at_ = Clock::time_point::max();
        sweep_wants();
        files_.run_due();
        schedule_wants();
    });
}

// --- Housekeeping --------------------------------------------------------------------------

Clock::duration Pipeline::tick_interval() {
    if (attachment_.catalog() == nullptr) {
        look_for_daemon_ =
            std::clamp(2 * look_for_daemon_, look_for_daemon_first, look_for_daemon_max);
        return look_for_daemon_;
    }
    if (!own_counters_.ready.load(std::memory_order_relaxed))
        return attachment_.obstacle().empty() ? look_for_ready : look_for_queues;
    if (!own_counters_.paired.load(std::memory_order_relaxed) && files_.has_waiters())
        return look_for_changes;
    // Few wake-ups for the whole process, however many workers: with the daemon's heartbeat, and
    // what it is told of files in use, one worker stays below two a second.
    return std::max<Clock::duration>(1250ms, settings_.workers * 625ms);
}

void Pipeline::schedule_tick() {
    tick_.expires_after(tick_interval());
    tick_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            tick();
    });
}

void Pipeline::tick() {
    refresh_attachment();
    if (const ipc::CatalogReader* const catalog = attachment_.catalog()) {
        catch_up();
        const std::uint32_t daemon_pid = catalog->header().daemon_pid;
        if (std::exchange(daemon_pid_, daemon_pid) != daemon_pid)
            wants_.forget_sending();
        sweep_wants();
        report_in_use();
        // What was evicted is let go of; the log says nothing of it.
        cache_.keep_if([catalog](const Representation& representation) {
            const auto record = catalog->read(representation.file());
            return record && record->resident && representation.is_of(*record);
        });
        files_.run_due();
        schedule_wants();
    }
    limit_pinned();
    tell_ready();
    schedule_tick();
}

void Pipeline::tell_ready() {
    if (ready_ && attachment_.ready())
        std::exchange(ready_, nullptr)();
}

void Pipeline::refresh_attachment() {
    const Attachment::Change change = attachment_.refresh();
    if (change.catalog) {
        // Ids and revisions of the old catalog mean nothing in the new one.
        last_revision_ = attachment_.catalog()->newest_revision();
        scan_complete_ = false;
        cache_.clear();
        wants_.clear();
        files_.everything_changed();
    }
    if (!change.pair)
        return;
    boost::system::error_code ignored;
    bell_.close(ignored);
    if (attachment_.pair() == nullptr)
        return;
    const int descriptor =
        ::fcntl(attachment_.pair()->notification_descriptor(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) {
        log::error("worker {}: {}", worker_, last_system_error().message());
        return;
    }
    bell_.assign(descriptor);
    wait_for_bell();
    // What was published between the last look and the claim rang nobody.
    catch_up();
}

void Pipeline::report_in_use() {
    if (attachment_.pair() == nullptr)
        return;
    auto files = files_.take_files_in_use();
    if (files.empty())
        return;
    // Every message wakes the daemon: not each second for the same files, if it was told all.
    const bool is_known = files == in_use_ && in_use_told_ >= files.size();
    if (is_known && ++in_use_kept_ % in_use_repetition != 0)
        return;
    in_use_told_ = proxy::report_in_use(
        *attachment_.pair(),
        attachment_.catalog()->epoch(),
        files,
        in_use_next_ % files.size()
    );
    in_use_next_ += in_use_told_;
    in_use_ = std::move(files);
}

/// Superseded content held for slow clients, over all workers: the slowest of ours are closed
/// until the sum is below the limit. Each worker does the same.
void Pipeline::limit_pinned() {
    const auto is_over = [this] {
        std::uint64_t sum = 0;
        for (const Counters& counters : counters_)
            sum += counters.pinned_bytes.load(std::memory_order_relaxed);
        return sum > settings_.pinned_bytes_max;
    };
    if (own_counters_.pinned_bytes.load(std::memory_order_relaxed) == 0 || !is_over())
        return;
    std::vector<std::pair<double, boost::intrusive_ptr<Session>>> slow;
    for (Session& session : shared_.sessions)
        if (session.transmission() != nullptr && session.transmission()->content() != nullptr &&
            session.transmission()->content()->pinned())
            slow.emplace_back(session.transmission_rate(), &session);
    std::ranges::sort(slow, {}, [](const auto& entry) {
        return entry.first;
    });
    std::size_t closed = 0;
    while (closed < slow.size() && is_over())
        slow[closed++].second->close();
    if (closed != 0)
        log::warn(
            "worker {}: closed {} slow connections that held superseded content (--pinned-limit)",
            worker_,
            closed
        );
}

// --- The end -------------------------------------------------------------------------------

void Pipeline::stop() {
    shared_.stopping = true;
    drain_until_ = Clock::now() + drain_timeout;
    for (const auto& acceptor : acceptors_)
        acceptor->stop();
    std::vector<boost::intrusive_ptr<Session>> sessions;
    for (Session& session : shared_.sessions)
        sessions.emplace_back(&session);
    for (const auto& session : sessions) {
        session->stop();
        files_.turn_away(*session);
    }
    tick_.cancel();
    wants_timer_.cancel();
    boost::system::error_code ignored;
    bell_.close(ignored);
    end_if_drained();
}

void Pipeline::end_if_drained() {
    if (shared_.sessions.empty() || Clock::now() >= drain_until_) {
        deadlines_.stop();
        context_.stop();
        return;
    }
    drain_timer_.expires_after(drain_look);
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            end_if_drained();
    });
}

}  // namespace treecast::proxy
