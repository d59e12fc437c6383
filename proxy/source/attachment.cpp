#include "proxy/source/attachment.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 100ms;
constexpr auto heartbeat_age_max = 2s;

}  // namespace

Attachment::Attachment(
    InstanceName instance,
    std::string object_base,
    unsigned worker,
    Counters& counters
)
    : instance_(std::move(instance)),
      object_base_(std::move(object_base)),
      worker_(worker),
      counters_(counters) {}

Attachment::Change Attachment::refresh() {
    Change change;
    if (!catalog_ || !catalog_->still_current(*directory_))
        change.catalog = attach();
    if (pair_ && (change.catalog || !pair_->still_current(*directory_))) {
        pair_.reset();
        change.pair = true;
    }
    if (!pair_ && catalog_) {
        claim();
        change.pair = change.pair || pair_.has_value();
    }
    counters_.attached.store(catalog_.has_value(), std::memory_order_relaxed);
    counters_.paired.store(pair_.has_value(), std::memory_order_relaxed);
    if (ready())
        counters_.ready.store(true, std::memory_order_relaxed);
    return change;
}

/// Opens the catalog, and the directory again, since it may have been removed and created again.
bool Attachment::attach() {
    const auto base =
        object_base_.empty() ? find_object_base(instance_, ::geteuid()) : object_base_;
    auto directory = ipc::ObjectDirectory::open(base, instance_);
    ErrorCode error;
    if (directory) {
        auto catalog = ipc::CatalogReader::attach(*directory);
        if (catalog) {
            directory_.emplace(std::move(*directory));
            catalog_.emplace(std::move(*catalog));
            stale_since_.reset();
            looked_at_ = {};
            attach_error_ = {};
            log::info(
                "worker {}: attached to instance {}, epoch {:016x}",
                worker_,
                instance_.text(),
                catalog_->epoch()
            );
            return true;
        }
        error = catalog.error();
    } else {
        error = directory.error();
    }
    if (error != attach_error_) {
        attach_error_ = error;
        log::info(
            "worker {}: waiting for the daemon of instance {} in {}: {}",
            worker_,
            instance_.text(),
            base,
            reason_of(error)
        );
    }
    return false;
}

void Attachment::claim() {
    auto pair = ipc::WorkerQueues::claim(*directory_);
    if (pair) {
        pair_.emplace(std::move(*pair));
        claim_error_ = {};
        obstacle_.clear();
        log::debug("worker {}: claimed queue pair {}", worker_, pair_->pair());
        return;
    }
    // All workers of the process have the same obstacle, so only one logs it.
    std::string obstacle = obstacle_of(pair.error());
    if (obstacle != obstacle_ && !obstacle.empty() && worker_ == 0)
        log::warn("{}", obstacle);
    obstacle_ = std::move(obstacle);
    if (obstacle_.empty() && pair.error() != claim_error_)
        log::warn(
            "worker {}: has no queue pair ({}), so it looks for changes itself and cannot ask for "
            "content to be loaded; it keeps trying",
            worker_,
            reason_of(pair.error())
        );
    claim_error_ = pair.error();
}

/// A daemon creates its queues before its catalog. So if the daemon is alive, its queues must be
/// found.
std::string Attachment::obstacle_of(const ErrorCode& error) const {
    if (error == Errc::no_free_queue_pair || !catalog_->daemon_alive())
        return {};
    const std::string daemon = "the daemon of instance " + instance_.text();
    if (error == system_error(ENOENT))
        return daemon + " lives, and its objects in " + directory_->path() +
               " are seen, but not its message queues: daemon and proxy must share the IPC "
               "namespace (one pod, --ipc=container:NAME, no PrivateIPC=), and know that directory "
               "by the same path and its owner by the same number";
    return "the message queues of " + daemon + " cannot be opened as user " +
           std::to_string(::geteuid()) + ": " + reason_of(error);
}

std::string Attachment::unready_reason() const {
    if (!catalog_)
        return "no daemon of instance " + instance_.text() + " has been found yet";
    if (!catalog_->scan_complete())
        return "the first scan of the tree is not complete";
    return obstacle_;
}

std::optional<std::int64_t> Attachment::stale_seconds() {
    if (!catalog_)
        return std::nullopt;
    const auto now = Clock::now();
    if (now - looked_at_ >= look_interval || looked_at_ == Clock::time_point{})
        look_at_daemon(now);
    if (!stale_since_)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(now - *stale_since_).count();
}

std::int64_t Attachment::stale_seconds_since(std::uint64_t revision, std::int64_t now) {
    // The revision is the time of its publication in microseconds.
    constexpr std::uint64_t us_per_second = 1'000'000;
    const auto since = static_cast<std::int64_t>(revision / us_per_second);
    return std::max({std::int64_t{0}, now - since, stale_seconds().value_or(0)});
}

void Attachment::on_notification() {
    notified_at_ = Clock::now();
    if (stale_since_)
        looked_at_ = {};
}

void Attachment::look_at_daemon(Clock::time_point now) {
    looked_at_ = now;
    const auto age = catalog_->heartbeat_age();
    const bool lives = now - notified_at_ < look_interval || catalog_->daemon_alive();
    const bool silent = age > heartbeat_age_max || !lives;
    const std::string degraded = catalog_->header().degraded;
    if (!silent && degraded.empty()) {
        if (stale_since_)
            log::info("worker {}: the daemon vouches for the content again", worker_);
        stale_since_.reset();
        return;
    }
    // Silence began with the last heartbeat. The beginning of a degradation is not known, so it
    // counts from when it was seen.
    const auto since = silent ? now - std::chrono::duration_cast<Clock::duration>(age) : now;
    if (!stale_since_)
        log::warn(
            "worker {}: {}; answers carry Treecast-Stale",
            worker_,
            silent ? std::string("the daemon is gone or silent") : "degraded: " + degraded
        );
    stale_since_ = stale_since_ ? std::min(*stale_since_, since) : since;
}

}  // namespace treecast::proxy
