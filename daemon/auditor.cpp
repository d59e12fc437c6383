#include "daemon/auditor.hpp"

#include "daemon/audit_round.hpp"

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace treecast::daemon {

namespace asio = boost::asio;

namespace {

/// How long the destructor waits for a thread that may hang.
constexpr std::chrono::milliseconds end_patience{1000};

}  // namespace

struct Auditor::Shared final : AuditRound::Pause {
    Shared(
        asio::any_io_executor to,
        const watcher::TreeRoot& tree,
        ipc::CatalogReader reader,
        AuditPolicy how,
        Events what
    )
        : loop(std::move(to)),
          root(tree),
          catalog(std::move(reader)),
          policy(how),
          events(std::move(what)) {}

    asio::any_io_executor loop;
    const watcher::TreeRoot& root;
    ipc::CatalogReader catalog;
    AuditPolicy policy;
    Events events;

    std::mutex mutex;
    std::condition_variable wake;  // stopping, or the thread has ended
    bool stopping = false;
    bool running = false;

    bool sleep(std::chrono::nanoseconds time) override {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, time, [this] {
            return stopping;
        });
        return !stopping;
    }

    static void run(const std::shared_ptr<Shared>& self) {
        auto rest = std::chrono::nanoseconds(self->policy.interval);
        while (self->sleep(rest)) {
            const auto begin = std::chrono::steady_clock::now();
            AuditRound round(self->root, self->catalog, self->policy.hidden, *self);
            round.run([&](const std::string& path) {
                asio::post(self->loop, [self, path] {
                    self->events.difference(path);
                });
            });
            asio::post(self->loop, [self] {
                self->events.round_ended();
            });
            rest = self->policy.interval - (std::chrono::steady_clock::now() - begin);
        }
        const std::lock_guard lock(self->mutex);
        self->running = false;
        self->wake.notify_all();
    }
};

Auditor::Auditor(
    asio::any_io_executor loop,
    const watcher::TreeRoot& root,
    ipc::CatalogReader catalog,
    AuditPolicy policy,
    Events events
)
    : shared_(std::make_shared<
              Shared>(std::move(loop), root, std::move(catalog), policy, std::move(events))) {}

Auditor::~Auditor() {
    static_cast<void>(hangs());
}

void Auditor::start() {
    if (shared_->policy.interval.count() == 0)
        return;
    shared_->running = true;
    std::thread(&Shared::run, shared_).detach();
}

bool Auditor::hangs() {
    std::unique_lock lock(shared_->mutex);
    shared_->stopping = true;
    shared_->wake.notify_all();
    return !shared_->wake.wait_for(lock, end_patience, [this] {
        return !shared_->running;
    });
}

}  // namespace treecast::daemon
