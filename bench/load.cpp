// The load generator: publishes round after round to many subscribers and measures, in one thread.
//
// Prints one line of JSON: microseconds from the edit to the first and to the last subscriber of
// each round, and what the server's processes and this one used for it.
#include "bench/payload.hpp"
#include "bench/process_usage.hpp"
#include "bench/subscribers.hpp"

#include <boost/json.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <stdexcept>

namespace {

using namespace treecast::bench;
using namespace std::chrono_literals;
namespace json = boost::json;

struct Options {
    std::string protocol;
    std::uint16_t port = 0;
    std::string directory;
    std::uint32_t files = 1;
    std::size_t connections = 1;
    std::uint32_t rounds = 1;
    std::size_t bytes = 1024;
    std::vector<pid_t> processes;
    unsigned idle_s = 0;
    bool closed_loop = false;
};

Options read_options(int argc, char** argv) {
    namespace po = boost::program_options;
    Options options;
    po::options_description description("Usage: load [OPTION]...");
    auto add = description.add_options();
    add("protocol", po::value(&options.protocol)->required(), "file, feed, events, nchan or nats");
    add("port", po::value(&options.port)->required(), "of the server at 127.0.0.1");
    add("directory", po::value(&options.directory), "(file, feed, events) the served directory");
    add("files", po::value(&options.files), "connection i subscribes to file i modulo this");
    add("connections", po::value(&options.connections), "subscribers");
    add("rounds", po::value(&options.rounds), "edits, one after the other");
    add("bytes", po::value(&options.bytes), "size of the files");
    add("process", po::value(&options.processes), "a process of the server; repeats");
    add("idle", po::value(&options.idle_s), "watch for so many seconds while all are parked");
    add("closed-loop", po::bool_switch(&options.closed_loop), "edit again without a pause");
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (options.bytes < payload_bytes_min || options.files == 0)
        throw std::runtime_error("--bytes must be 17 or more, --files 1 or more");
    return options;
}

std::unique_ptr<Protocol> make_protocol(const Options& options) {
    if (options.protocol == "file")
        return file_protocol(options.port, options.files, options.directory);
    if (options.protocol == "feed")
        return feed_protocol(options.port, options.files, options.directory);
    if (options.protocol == "events")
        return events_protocol(options.port, options.files, options.directory);
    if (options.protocol == "nchan")
        return nchan_protocol(options.port, options.files);
    if (options.protocol == "nats")
        return nats_protocol(options.port);
    throw std::runtime_error("--protocol " + options.protocol + " is not known");
}

double microseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

std::chrono::nanoseconds own_processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class Run {
public:
    explicit Run(Options options)
        : options_(std::move(options)),
          protocol_(make_protocol(options_)),
          contents_(options_.files),
          subscribers_(*protocol_, contents_) {}

    json::object measure();

private:
    void prepare(std::uint32_t file, std::uint32_t round);
    void publish_first();
    void settle();
    void run_round(std::uint32_t round);
    void watch_idle();
    std::chrono::nanoseconds own_work() const;

    Options options_;
    std::unique_ptr<Protocol> protocol_;
    std::vector<std::string> contents_;
    Subscribers subscribers_;
    json::array first_us_;
    json::array last_us_;
    json::array push_us_;   // of the server's processor time, for one delivery
    json::array cycle_us_;  // the same, with the request that asks again
    json::array own_us_;    // of this process's processor time, for one delivery
    json::object result_;
};

void Run::prepare(std::uint32_t file, std::uint32_t round) {
    contents_[file] = make_payload(file, round, options_.bytes);
    protocol_->prepare(file, contents_[file]);
}

void Run::publish_first() {
    for (std::uint32_t file = 0; file < options_.files; ++file) {
        prepare(file, 0);
        protocol_->publish();
    }
    settle();
}

/// Until the server's processes have nothing to do any more.
void Run::settle() {
    constexpr auto look = 10ms;
    constexpr auto quiet = 300us;
    const auto end = Clock::now() + 60s;
    auto before = processor_time(options_.processes);
    while (Clock::now() < end) {
        const bool slept = are_asleep(options_.processes);
        subscribers_.take_for(look);
        const bool sleeps = are_asleep(options_.processes);
        const auto now = processor_time(options_.processes);
        if (now - std::exchange(before, now) < quiet && slept && sleeps)
            return;
    }
    throw std::runtime_error("the server does not come to rest");
}

/// Processor time of this process, but for polls that found nothing: they are spare time.
std::chrono::nanoseconds Run::own_work() const {
    return own_processor_time() - subscribers_.polled_in_vain();
}

json::object Run::measure() {
    if (protocol_->keeps_newest())
        publish_first();
    const auto memory_before = memory_bytes(options_.processes);
    subscribers_.connect(options_.port, options_.connections);
    if (!protocol_->keeps_newest()) {
        settle();
        publish_first();
    }
    if (!subscribers_.take_round(30s))
        throw std::runtime_error("not every subscriber got its first answer");
    subscribers_.ask_again();
    settle();

    const auto start = Clock::now();
    for (std::uint32_t round = 1; round <= options_.rounds; ++round)
        run_round(round);
    const std::chrono::duration<double> elapsed = Clock::now() - start;

    const auto memory = memory_bytes(options_.processes);
    result_["memory_bytes_per_subscriber"] =
        (static_cast<double>(memory) - static_cast<double>(memory_before)) /
        static_cast<double>(options_.connections);
    if (options_.idle_s != 0)
        watch_idle();
    result_["rounds_per_s"] = options_.rounds / elapsed.count();
    result_["first_us"] = first_us_;
    result_["last_us"] = last_us_;
    result_["push_us"] = push_us_;
    result_["cycle_us"] = cycle_us_;
    result_["own_us"] = own_us_;
    result_["head_bytes"] = subscribers_.head_bytes();
    const Tally& tally = subscribers_.tally();
    result_["whole"] = tally.whole;
    result_["missed"] = tally.missed;
    result_["stale"] = tally.stale;
    result_["torn"] = tally.torn;
    return result_;
}

void Run::run_round(std::uint32_t round) {
    const std::uint32_t file = (round - 1) % options_.files;
    prepare(file, round);
    if (!options_.closed_loop)
        settle();
    const auto used = processor_time(options_.processes);
    const auto used_here = own_work();
    subscribers_.begin_round(file);

    const auto edit = Clock::now();
    protocol_->publish();
    subscribers_.take_round(10s);

    const auto& deliveries = subscribers_.deliveries();
    if (deliveries.empty())
        return;
    first_us_.push_back(microseconds(deliveries.front() - edit));
    last_us_.push_back(microseconds(deliveries.back() - edit));
    const auto count = static_cast<double>(deliveries.size());
    own_us_.push_back(microseconds(own_work() - used_here) / count);
    if (options_.closed_loop) {
        subscribers_.ask_again();
        return;
    }
    settle();
    push_us_.push_back(microseconds(processor_time(options_.processes) - used) / count);
    subscribers_.ask_again();
    settle();
    cycle_us_.push_back(microseconds(processor_time(options_.processes) - used) / count);
}

void Run::watch_idle() {
    const auto before = wake_ups(options_.processes);
    const auto used = processor_time(options_.processes);
    subscribers_.take_for(std::chrono::seconds(options_.idle_s));
    result_["idle_wakeups_per_s"] =
        static_cast<double>(wake_ups(options_.processes) - before) / options_.idle_s;
    result_["idle_processor_us_per_s"] =
        microseconds(processor_time(options_.processes) - used) / options_.idle_s;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::cout << json::serialize(Run(read_options(argc, argv)).measure()) << '\n';
    } catch (const std::exception& error) {
        std::cerr << "load: " << error.what() << '\n';
        return 1;
    }
}
