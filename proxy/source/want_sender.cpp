#include "proxy/source/want_sender.hpp"

#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr Clock::duration full_queue_pause = 10ms;  // before a full queue is tried again
constexpr Clock::duration repetition_interval = 250ms;
constexpr std::size_t sweep_at_once_max = 256;  // more outstanding wants are swept on the timer

}  // namespace

WantSender::WantSender(
    boost::asio::io_context& context,
    Attachment& attachment,
    std::function<void(std::span<const ipc::FileId>)> met,
    std::function<void()> end_batch
)
    : context_(context),
      attachment_(attachment),
      met_(std::move(met)),
      end_batch_of_all_(std::move(end_batch)),
      timer_(context) {}

void WantSender::add(ipc::FileId file, bool content, Clock::time_point until) {
    wants_.add(file, content, until);
    if (std::exchange(send_posted_, true))
        return;
    boost::asio::post(context_, [this] {
        send_posted_ = false;
        send();
    });
}

void WantSender::look_at_daemon() {
    const ipc::CatalogReader* const catalog = attachment_.catalog();
    if (catalog == nullptr)
        return;
    const std::uint32_t daemon_pid = catalog->header().daemon_pid;
    if (std::exchange(daemon_pid_, daemon_pid) == daemon_pid)
        return;
    wants_.resend_all();
    send();
}

void WantSender::everything_changed(Cause cause) {
    if (cause == Cause::catalog_replaced)
        wants_.clear();
}

void WantSender::end_batch() {
    if (wants_.empty())
        return;
    // Without a queue pair there is no timer: batches end when the catalog is looked at.
    const bool is_due = std::exchange(is_sweep_due_, false) || attachment_.pair() == nullptr;
    if (is_due || wants_.size() <= sweep_at_once_max)
        sweep();
    send();
}

void WantSender::sweep() {
    if (wants_.empty() || attachment_.catalog() == nullptr)
        return;
    const auto read_record = [catalog = attachment_.catalog()](ipc::FileId file) {
        return catalog->read(file);
    };
    const std::vector<ipc::FileId> met = wants_.remove_ended(read_record, Clock::now());
    if (!met.empty())
        met_(met);
}

/// Sends new wants, and sets the timer as long as there are any. It is short if the queue was full
/// or there are too many wants to check them after each batch. Otherwise it is long enough to
/// repeat them in time.
void WantSender::send() {
    if (wants_.empty() || attachment_.pair() == nullptr)
        return;
    const auto now = Clock::now();
    wants_.send(send_through(*attachment_.pair()), attachment_.catalog()->epoch(), now);
    const bool soon = wants_.has_unsent() || wants_.size() > sweep_at_once_max;
    const auto at = now + (soon ? full_queue_pause : repetition_interval);
    if (at >= look_at_)
        return;
    look_at_ = at;
    timer_.expires_at(at);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error)
            return;
        look_at_ = Clock::time_point::max();
        is_sweep_due_ = true;
        end_batch_of_all_();
    });
}

}  // namespace treecast::proxy
