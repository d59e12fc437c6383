// `treecast watch`: follows any number of URLs in one thread, until a signal.
#include "client/commands/commands.hpp"
#include "client/following/subscription.hpp"
#include "client/http/transfer_engine.hpp"
#include "client/processes/stop_signals.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace treecast::client {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// It is short enough for proxies and firewalls that close idle connections after a minute.
constexpr std::chrono::seconds wait{30};

constexpr std::array watch_table{
    OptionSpec{
        "exec",
        OptionKind::text,
        "CMD",
        "",
        "run `sh -c CMD` for each change, the content on its standard input, with "
        "TREECAST_PATH, TREECAST_VERSION, TREECAST_SHA256 and TREECAST_EVENT (change, delete)"},
    OptionSpec{"json", OptionKind::flag, "", "", "print one JSON object a line"},
    OptionSpec{"changes-only", OptionKind::flag, "", "", "do not report the first state"},
};

std::vector<Subscription> make_subscriptions(const OptionValues& options) {
    const auto form = options.flag("json") ? LineForm::json : LineForm::human;
    const auto first_state =
        options.flag("changes-only") ? PollFsm::FirstState::skip : PollFsm::FirstState::report;
    std::vector<Subscription> subscriptions;
    for (const auto& text : options.positional()) {
        auto url = FileUrl::parse_file(text);
        std::optional<CommandRunner> runner;
        if (options.has("exec"))
            runner.emplace(options.text("exec"), url.path());
        subscriptions
            .emplace_back(std::move(url), PollFsm(wait, first_state), form, std::move(runner));
    }
    return subscriptions;
}

/// The time until the next poll is due.
milliseconds idle_time(const std::vector<Subscription>& subscriptions, Clock::time_point now) {
    milliseconds idle = std::chrono::hours(1);
    for (const auto& subscription : subscriptions)
        if (const auto due = subscription.due())
            idle = std::min(idle, std::chrono::ceil<milliseconds>(*due - now));
    return std::max(idle, milliseconds(0));
}

}  // namespace

ExitCode run_watch(const Arguments& arguments) {
    const CommandLine line{
        "treecast watch URL... [--exec CMD] [--json] [--changes-only]",
        "Prints a line for the state of each file, and one for each change from then on, until\n"
        "it is interrupted. Reconnects by itself. Of changes in quick succession the last is\n"
        "never missed; those before it may be. Commands run one at a time for each URL: if\n"
        "changes come while one runs, the newest is next.\n",
        {watch_table},
        10'000};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (options->positional().empty())
        throw StartupError(ExitCode::usage, "watch: which URL? See --help");

    StopSignals stops;
    auto subscriptions = make_subscriptions(*options);
    TransferEngine http;
    std::mt19937 generator{std::random_device{}()};
    std::uniform_real_distribution<double> random(0.0, 1.0);

    while (true) {
        const auto now = Clock::now();
        std::vector<int> readable{stops.descriptor()};
        for (std::size_t i = 0; i < subscriptions.size(); ++i) {
            subscriptions[i].poll(http, i, now);
            const auto* const runner = subscriptions[i].runner();
            if (runner != nullptr && runner->descriptor() >= 0)
                readable.push_back(runner->descriptor());
        }
        const auto completed = http.wait(idle_time(subscriptions, now), readable);
        if (stops.take())
            return ExitCode::ok;
        for (const auto& completion : completed)
            subscriptions[completion.key]
                .complete(completion.answer, random(generator), Clock::now());
        for (auto& subscription : subscriptions)
            if (auto* const runner = subscription.runner())
                runner->advance();
    }
}

}  // namespace treecast::client
