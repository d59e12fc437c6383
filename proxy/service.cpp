#include "proxy/service.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/inherited_listeners.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/worker.hpp"

#include <treecast/exit_code.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <pthread.h>
#include <string>
#include <systemd/sd-daemon.h>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace treecast::proxy {

namespace {

/// Descriptors that a worker opens when there is a daemon: the directory of objects, the catalog, a
/// queue pair and its bell.
constexpr std::size_t descriptors_per_worker = 5;
/// The fewest descriptors with which the proxy is of use. They serve subscribers and contents, and
/// the objects of a new daemon while those of its predecessor are still open.
constexpr std::size_t descriptors_to_serve = 16;

/// The time over which held requests are answered at the end. Their clients come back at once.
constexpr std::chrono::milliseconds spread_of_own{3000};
/// On inherited sockets all new connections wait meanwhile for the next process, which may not be
/// started before this one has ended.
constexpr std::chrono::milliseconds spread_before_successor{1000};
constexpr std::chrono::milliseconds leave_look{20};

/// A worker's context and thread, in the order of construction.
struct WorkerThread {
    WorkerThread(
        const Settings& settings,
        unsigned number,
        std::span<Counters> counters,
        MakingShared making,
        std::function<void()> ready
    )
        : worker(context, settings, number, counters, making, std::move(ready)) {}

    boost::asio::io_context context{1};
    Worker worker;
    std::thread thread{};
};

/// `treecast serve` reads a line for each listener, and an empty one once the proxy can be used.
class ReadyReport {
public:
    explicit ReadyReport(int fd) : fd_(fd) {}

    void listening(const std::vector<Listener>& listeners) {
        std::string lines;
        for (const Listener& listener : listeners)
            lines += listener.endpoint().url() + '\n';
        write(lines);
    }
    void ready() {
        write("\n");
        fd_.reset();
    }

private:
    void write(const std::string& lines) {
        // These few lines fit into an empty pipe. If they cannot be written, nobody reads them: the
        // proxy logs that and continues.
        if (fd_ && ::write(fd_.get(), lines.data(), lines.size()) < 0)
            log::warn("--ready-fd: {}", last_system_error().message());
    }
    UniqueFd fd_;
};

/// A person has written options without effect.
void log_ignored(const std::vector<std::string>& options) {
    std::string names;
    for (const std::string& option : options)
        names += (names.empty() ? "--" : ", --") + option;
    if (!names.empty())
        log::warn("listening on inherited sockets alone; ignored: {}", names);
}

std::vector<Listener>
make_listeners(const Settings& settings, std::vector<InheritedDescriptor> inherited) {
    if (!inherited.empty()) {
        log_ignored(settings.listen_options);
        return inherit_listeners(std::move(inherited), settings.workers, settings.allow_anonymous);
    }
    for (const Endpoint& endpoint : settings.listen)
        require_permission(
            "--" + std::string(option_of(endpoint.protocol)),
            endpoint.address,
            settings.allow_anonymous
        );
    std::vector<Listener> listeners;
    listeners.reserve(settings.listen.size());
    for (const Endpoint& endpoint : settings.listen)
        listeners.emplace_back(endpoint, settings.workers);
    return listeners;
}

class Service {
public:
    Service(const Settings& settings, std::vector<InheritedDescriptor> inherited)
        : settings_(settings),
          report_(settings.ready_fd),
          counters_(settings.workers),
          made_(settings.made_bytes_max),
          codings_(maker_, made_),
          spread_(inherited.empty() ? spread_of_own : spread_before_successor),
          listeners_(make_listeners(settings, std::move(inherited))),
          signals_(main_),
          leave_timer_(main_) {
        for (const int signal : stop_signals())
            signals_.add(signal);
    }

    void run() {
        for (unsigned i = 0; i < settings_.workers; ++i) {
            const MakingShared making{maker_, made_, codings_, archives_};
            workers_.emplace_back(settings_, i, std::span(counters_), making, [this] {
                boost::asio::post(main_, [this] {
                    worker_is_ready();
                });
            });
            for (Listener& listener : listeners_)
                workers_.back().worker.listen(
                    listener.take(i),
                    listener.endpoint().protocol,
                    listener.origin()
                );
        }
        require_descriptors(workers_.size() * descriptors_per_worker + descriptors_to_serve);
        wait_for_signal();
        for (WorkerThread& each : workers_)
            each.thread = std::thread([this, &each] {
                run_worker(each);
            });
        report_.listening(listeners_);
        for (const Listener& listener : listeners_)
            log::info("listening on {}", listener.endpoint().url());
        ::sd_notify(0, "READY=1\nSTATUS=listening, waiting for the daemon");
        main_.run();
        for (WorkerThread& each : workers_)
            each.thread.join();
        if (failure_)
            std::rethrow_exception(failure_);
    }

private:
    void run_worker(WorkerThread& each) {
        try {
            each.worker.start();
            each.context.run();
            boost::asio::post(main_, [this] {
                worker_ended(nullptr);
            });
        } catch (...) {
            // A failure of one worker ends the process; its supervisor starts it again.
            boost::asio::post(main_, [this, failure = std::current_exception()] {
                worker_ended(failure);
            });
        }
    }

    void worker_is_ready() {
        if (++ready_ != workers_.size())
            return;
        log::info("ready");
        ::sd_notify(0, "STATUS=serving");
        report_.ready();
    }

    void worker_ended(const std::exception_ptr& failure) {
        if (failure && !failure_) {
            failure_ = failure;
            stop();
            end_workers();  // without the one that failed
        }
        if (++ended_ == workers_.size())
            main_.stop();
    }

    void wait_for_signal() {
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error)
                return;
            if (stopping_)
                ::_exit(128 + signal);
            log::info("stopping");
            stop();
            wait_for_signal();
        });
    }

    void stop() {
        if (std::exchange(stopping_, true))
            return;
        ::sd_notify(0, "STOPPING=1");
        stop_at_ = Clock::now() + spread_;
        post_to_workers([spread = spread_](Worker& worker) {
            worker.leave(spread);
        });
        stop_when_nobody_waits();
    }

    /// All workers stop together, so that new connections are accepted as long as anybody waits.
    void stop_when_nobody_waits() {
        const bool somebody_waits = std::ranges::any_of(counters_, [](const Counters& each) {
            return each.subscribers != 0;
        });
        if (!somebody_waits || Clock::now() >= stop_at_)
            return stop_accepting();
        leave_timer_.expires_after(leave_look);
        leave_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error)
                stop_when_nobody_waits();
        });
    }

    void stop_accepting() {
        post_to_workers([this](Worker& worker) {
            worker.stop_accepting();
            boost::asio::post(main_, [this] {
                if (++accept_nothing_ == workers_.size())
                    end_workers();
            });
        });
    }

    void end_workers() {
        post_to_workers([](Worker& worker) {
            worker.stop();
        });
    }

    template <class Act>
    void post_to_workers(const Act& act) {
        for (WorkerThread& each : workers_)
            boost::asio::post(each.context, [&each, act] {
                act(each.worker);
            });
    }

    const Settings& settings_;
    ReadyReport report_;
    std::vector<Counters> counters_;
    MadeContents made_;  // ends after the workers, which send what is in it
    Codings codings_;
    ArchiveExchange archives_;
    const std::chrono::milliseconds spread_;
    std::vector<Listener> listeners_;
    boost::asio::io_context main_{1};
    boost::asio::signal_set signals_;
    boost::asio::steady_timer leave_timer_;
    Clock::time_point stop_at_{};
    std::deque<WorkerThread> workers_;
    Maker maker_;  // ends first: its jobs post to the workers
    std::size_t ready_ = 0;
    std::size_t accept_nothing_ = 0;
    std::size_t ended_ = 0;
    bool stopping_ = false;
    std::exception_ptr failure_;
};

}  // namespace

void run_service(const Settings& settings, std::vector<InheritedDescriptor> inherited) {
    Service(settings, std::move(inherited)).run();
}

}  // namespace treecast::proxy
