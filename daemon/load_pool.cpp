#include "daemon/load_pool.hpp"

#include "daemon/writer_lease.hpp"

#include <boost/asio/post.hpp>

#include <list>
#include <thread>

namespace treecast::daemon {

namespace asio = boost::asio;

struct LoadPool::Shared {
    asio::any_io_executor loop;
    const watcher::TreeRoot& root;
    std::function<void(LoadResult)> done;

    std::mutex mutex;
    std::condition_variable wake;  // new jobs, stopping, or a thread that ended
    std::deque<LoadJob> jobs;
    struct Running {
        JobId id;
        std::chrono::steady_clock::time_point since;
    };
    std::list<Running> running;
    std::chrono::steady_clock::time_point last_taken;
    unsigned busy = 0;
    unsigned idle = 0;
    bool stopping = false;

    LoadResult run(const LoadJob& job) const {
        const auto begin = std::chrono::steady_clock::now();
        LoadResult result{
            .path = job.path,
            .purpose = job.purpose,
            .look = look_at(root, job.path)};
        const bool is_file = result.look.seen == Seen::file;
        if (is_file && job.request)
            result.capture = capture(result.look, *job.request);
        if (is_file && job.checks_for_writer)
            result.has_no_writer = surely_no_writer(result.look.handle.get());
        result.took = std::chrono::steady_clock::now() - begin;
        return result;
    }

    static void work(const std::shared_ptr<Shared>& shared) {
        std::unique_lock lock(shared->mutex);
        while (true) {
            ++shared->idle;
            shared->wake.wait(lock, [&] {
                return shared->stopping || !shared->jobs.empty();
            });
            --shared->idle;
            if (shared->stopping)
                break;
            const LoadJob job = std::move(shared->jobs.front());
            shared->jobs.pop_front();
            shared->last_taken = std::chrono::steady_clock::now();
            ++shared->busy;
            const auto self = shared->running.insert(
                shared->running.end(),
                {{job.path, job.purpose}, shared->last_taken}
            );
            lock.unlock();
            auto result = std::make_shared<LoadResult>(shared->run(job));
            lock.lock();
            --shared->busy;
            shared->running.erase(self);
            if (!shared->stopping)
                asio::post(shared->loop, [shared, result] {
                    shared->done(std::move(*result));
                });
        }
        shared->wake.notify_all();
    }
};

LoadPool::LoadPool(
    asio::any_io_executor loop,
    const watcher::TreeRoot& root,
    std::function<void(LoadResult)> done
)
    : shared_(new Shared{std::move(loop), root, std::move(done), {}, {}, {}, {}, {}, 0, 0, false}) {
    for (unsigned i = 0; i < threads_initial; ++i)
        add_thread();
}

LoadPool::~LoadPool() {
    std::unique_lock lock(shared_->mutex);
    shared_->stopping = true;
    shared_->jobs.clear();
    shared_->wake.notify_all();
    shared_->wake.wait(lock, [&] {
        return shared_->idle == 0;
    });
}

void LoadPool::add_thread() {
    std::thread(&Shared::work, shared_).detach();
    ++threads_;
}

void LoadPool::submit(LoadJob job) {
    const std::lock_guard lock(shared_->mutex);
    job.since = std::chrono::steady_clock::now();
    if (shared_->jobs.empty())
        shared_->last_taken = job.since;
    shared_->jobs.push_back(std::move(job));
    shared_->wake.notify_one();
}

void LoadPool::relieve(std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(shared_->mutex);
    if (!shared_->jobs.empty() && shared_->idle == 0 && now - shared_->last_taken >= stuck_after &&
        threads_ < threads_max)
        add_thread();
}

std::vector<LoadPool::JobId> LoadPool::hung_jobs(std::chrono::steady_clock::time_point now) const {
    const std::lock_guard lock(shared_->mutex);
    std::vector<JobId> hung;
    for (const Shared::Running& running : shared_->running)
        if (now - running.since >= hung_after)
            hung.push_back(running.id);
    if (hung.size() >= threads_max)
        for (const LoadJob& job : shared_->jobs)
            if (now - job.since >= hung_after)
                hung.push_back({job.path, job.purpose});
    return hung;
}

unsigned LoadPool::busy() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->busy;
}

}  // namespace treecast::daemon
