#include "proxy/worker.hpp"

#include <cstdint>
#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto drain_timeout = 5s;
constexpr auto drain_look = 20ms;

}  // namespace

Worker::Worker(
    boost::asio::io_context& context,
    const Settings& settings,
    unsigned number,
    std::span<Counters> counters,
    MakingShared making,
    std::function<void()> ready
)
    : context_(context),
      deadlines_(context),
      sockets_(context),
      attachment_(settings.instance, settings.object_base, number, counters[number]),
      shared_{
          context,
          deadlines_,
          sockets_,
          counters[number],
          settings.request_timeout,
          settings.send_timeout},
      follower_(
          context,
          attachment_,
          number,
          settings.workers,
          {std::move(ready),
           [this] {
               housekeep();
           }}
      ),
      wants_(
          context,
          attachment_,
          [this](std::span<const ipc::FileId> files) {
              follower_.loaded(files);
          },
          [this] {
              follower_.end_batch();
          }
      ),
      pinned_limit_(settings.pinned_bytes_max, counters, number, shared_.connections),
      cache_(counters[number], settings.content_types),
      codings_(context, making.codings, cache_, attachment_, counters[number]),
      files_(
          context,
          attachment_,
          cache_,
          codings_,
          wants_,
          settings.load_timeout,
          settings.coding_wait
      ),
      file_endpoint_(files_, attachment_, cache_, codings_, settings.wait_max),
      feed_(
          context,
          attachment_,
          making.maker,
          wants_,
          cache_,
          settings.instance.text(),
          settings.load_timeout
      ),
      events_(attachment_, feed_.dispatcher(), settings.instance.text()),
      feed_endpoint_(feed_, events_, attachment_, settings.wait_max),
      archives_(
          context,
          attachment_,
          {making.maker, making.made, making.archives},
          wants_,
          counters[number],
          settings.content_types,
          {settings.archive_bytes_max},
          settings.load_timeout
      ),
      archive_endpoint_(archives_, attachment_, settings.wait_max),
      operations_(settings.instance, attachment_, counters, making.made, making.codings),
      router_(file_endpoint_, feed_endpoint_, archive_endpoint_, operations_, attachment_),
      http_(router_),
      getfile_(Protocol::getfile, files_, attachment_, cache_),
      getfile_legacy_(Protocol::getfile_legacy, files_, attachment_, cache_),
      drain_timer_(context) {
    // The order matters: wants are marked as met, and room is made for pinned content, before files
    // answer.
    follower_.add(wants_);
    follower_.add(pinned_limit_);
    follower_.add(files_);
    follower_.add(feed_);
    follower_.add(archives_);
}

Worker::~Worker() {
    while (!shared_.connections.empty())
        boost::intrusive_ptr<Connection>(&shared_.connections.front())->close();
}

ProtocolHandler& Worker::handler_of(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::http:
            break;
        case Protocol::getfile:
            return getfile_;
        case Protocol::getfile_legacy:
            return getfile_legacy_;
    }
    return http_;
}

void Worker::listen(UniqueFd socket, Protocol protocol, SocketOrigin origin) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        context_,
        std::move(socket),
        origin,
        [this, &handler = handler_of(protocol)](UniqueFd connection) {
            Connection::start(shared_, handler, std::move(connection));
        }
    ));
}

void Worker::start() {
    follower_.start();
    for (const auto& acceptor : acceptors_)
        acceptor->start();
}

void Worker::housekeep() {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr)
        return;
    wants_.look_at_daemon();
    if (attachment_.pair() != nullptr)
        in_use_.send(
            send_through(*attachment_.pair()),
            catalog->epoch(),
            files_.collect_files_in_use()
        );
    files_.remove_evicted();
    feed_.housekeep();
    archives_.housekeep();
}

/// Those that there are now, whatever becomes of the list.
std::vector<boost::intrusive_ptr<Connection>> Worker::connections() {
    std::vector<boost::intrusive_ptr<Connection>> all;
    for (Connection& connection : shared_.connections)
        all.emplace_back(&connection);
    return all;
}

void Worker::leave(std::chrono::milliseconds spread) {
    shared_.phase = Phase::leaving;
    for (const auto& acceptor : acceptors_)
        acceptor->leave();
    const auto now = Clock::now();
    std::minstd_rand random{std::random_device()()};
    std::uniform_int_distribution<std::int64_t> moment(0, spread.count());
    for (const auto& connection : connections())
        connection->leave(now + std::chrono::milliseconds(moment(random)));
}

void Worker::stop_accepting() {
    if (std::exchange(shared_.phase, Phase::stopping) == Phase::stopping)
        return;
    // Those of the backlog are not among them: they have just begun, and may still ask.
    accepted_before_ = connections();
    for (const auto& acceptor : acceptors_)
        acceptor->stop();
}

void Worker::stop() {
    stop_accepting();
    drain_until_ = Clock::now() + drain_timeout;
    for (const auto& connection : std::exchange(accepted_before_, {}))
        connection->stop();
    follower_.stop();
    wants_.stop();
    end_if_drained();
}

void Worker::end_if_drained() {
    if (shared_.connections.empty() || Clock::now() >= drain_until_) {
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
