// Workers of the proxy in threads of the test process, listening on a port of their own for each
// protocol.
#pragma once

#include "base/log.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/worker.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <deque>
#include <functional>
#include <latch>
#include <pthread.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace treecast::test {

class ProxyInProcess {
public:
    explicit ProxyInProcess(const InstanceGuard& instance, proxy::Settings settings)
        : settings_(std::move(settings)), counters_(settings_.workers) {
        settings_.object_base = instance.base();
        std::signal(SIGPIPE, SIG_IGN);  // as the program does: sendfile() has no MSG_NOSIGNAL
        // Made before the threads, as the programs do: the library that holds the logger is not
        // instrumented, so the thread sanitizer would not see who waited for whom.
        log::debug("the logger is there");
        proxy::Listener http(free_port(proxy::Protocol::http), settings_.workers);
        proxy::Listener getfile(free_port(proxy::Protocol::getfile), settings_.workers);
        proxy::Listener legacy(free_port(proxy::Protocol::getfile_legacy), settings_.workers);
        server_ = server_in(http.endpoint().url());
        getfile_server_ = server_in(getfile.endpoint().url(), "getfile://");
        legacy_server_ = server_in(legacy.endpoint().url(), "getfile-legacy://");
        for (unsigned i = 0; i < settings_.workers; ++i) {
            const proxy::MakingShared making{maker_, made_, codings_, archives_};
            workers_.emplace_back(settings_, i, std::span(counters_), making, [this] {
                ++ready_;
            });
            for (proxy::Listener* const listener : {&http, &getfile, &legacy})
                workers_.back().worker.listen(
                    listener->take(i),
                    listener->endpoint().protocol,
                    listener->origin()
                );
        }
        for (WorkerThread& worker : workers_)
            worker.thread = std::thread([&worker] {
                worker.worker.start();
                worker.context.run();
            });
    }
    explicit ProxyInProcess(const InstanceGuard& instance)
        : ProxyInProcess(instance, quick_settings(instance)) {}
    ~ProxyInProcess() {
        stop();
        for (WorkerThread& worker : workers_)
            worker.thread.join();
    }

    /// Limits that let a test see them reached.
    static proxy::Settings quick_settings(const InstanceGuard& instance) {
        using namespace std::chrono_literals;
        proxy::Settings settings{.instance = instance.instance()};
        settings.wait_max = 60s;
        settings.load_timeout = 10s;
        settings.coding_wait = 1s;  // sanitizers take their time
        settings.send_timeout = 30s;
        settings.pinned_bytes_max = 64 << 20;
        settings.made_bytes_max = 64 << 20;
        settings.archive_bytes_max = 16 << 20;
        return settings;
    }

    /// The workers' first step to their end. Only the end of a case, or stop(), ends them.
    void leave(std::chrono::milliseconds spread) {
        for (WorkerThread& worker : workers_)
            boost::asio::post(worker.context, [&worker, spread] {
                worker.worker.leave(spread);
            });
    }
    void stop() {
        for (WorkerThread& worker : workers_)
            boost::asio::post(worker.context, [&worker] {
                worker.worker.stop();
            });
    }
    /// No worker does anything while `act` runs.
    void while_held(const std::function<void()>& act) {
        std::latch held(static_cast<std::ptrdiff_t>(workers_.size()));
        std::latch released(1);
        std::latch gone(static_cast<std::ptrdiff_t>(workers_.size()));
        for (WorkerThread& worker : workers_)
            boost::asio::post(worker.context, [&] {
                held.count_down();
                released.wait();
                gone.count_down();
            });
        held.wait();
        act();
        released.count_down();
        gone.wait();  // the latches are ours
    }
    /// What the workers' threads have used so far.
    std::chrono::nanoseconds processor_time() {
        std::chrono::nanoseconds sum{};
        for (WorkerThread& worker : workers_) {
            clockid_t clock{};
            timespec used{};
            ::pthread_getcpuclockid(worker.thread.native_handle(), &clock);
            ::clock_gettime(clock, &used);
            sum += std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
        }
        return sum;
    }
    [[nodiscard]] bool wait_until_ready() const {
        return poll_until([this] {
            return ready_ == workers_.size();
        });
    }
    proxy::Maker& maker() noexcept { return maker_; }
    const HttpServer& server() const noexcept { return server_; }
    const HttpServer& getfile_server() const noexcept { return getfile_server_; }
    const HttpServer& legacy_server() const noexcept { return legacy_server_; }
    HttpConnection connect() const { return HttpConnection(server_); }
    HttpResponse get(std::string_view path, const HttpHeaders& headers = {}) const {
        return http_get(server_, target(path), headers);
    }
    HttpConnection poll(std::string_view path_and_query, const HttpHeaders& headers = {}) const {
        HttpConnection connection(server_);
        connection.send_request("GET", target(path_and_query), headers);
        return connection;
    }
    std::uint64_t subscribers() const {
        std::uint64_t sum = 0;
        for (const proxy::Counters& counters : counters_)
            sum += counters.subscribers;
        return sum;
    }
    std::uint64_t connections() const {
        std::uint64_t sum = 0;
        for (const proxy::Counters& counters : counters_)
            sum += counters.connections;
        return sum;
    }
    [[nodiscard]] bool wait_for_subscribers(std::uint64_t count) const {
        return poll_until([&] {
            return subscribers() == count;
        });
    }

    static std::string target(std::string_view path) { return "/v1/files/" + std::string(path); }

private:
    static proxy::Endpoint free_port(proxy::Protocol protocol) {
        return {protocol, *proxy::ListenAddress::parse("127.0.0.1:0")};
    }

    struct WorkerThread {
        WorkerThread(
            const proxy::Settings& settings,
            unsigned number,
            std::span<proxy::Counters> counters,
            proxy::MakingShared making,
            std::function<void()> ready
        )
            : worker(context, settings, number, counters, making, std::move(ready)) {}
        boost::asio::io_context context{1};
        proxy::Worker worker;
        std::thread thread{};
    };

    proxy::Settings settings_;
    std::vector<proxy::Counters> counters_;
    HttpServer server_;
    HttpServer getfile_server_;
    HttpServer legacy_server_;
    std::atomic<std::size_t> ready_{0};
    proxy::MadeContents made_{settings_.made_bytes_max};
    proxy::Codings codings_{maker_, made_};
    proxy::ArchiveExchange archives_;
    std::deque<WorkerThread> workers_;
    proxy::Maker maker_;
};

}  // namespace treecast::test
