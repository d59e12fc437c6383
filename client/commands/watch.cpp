// `treecast watch`: follows any number of URLs in one thread, until a signal.
#include "client/commands/commands.hpp"
#include "client/following/subscription.hpp"
#include "client/following/tree_subscription.hpp"
#include "client/http/transfer_engine.hpp"
#include "client/http/tree_url.hpp"
#include "client/processes/stop_signals.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

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

using WatchedUrls = std::vector<std::unique_ptr<Watched>>;

WatchedUrls make_subscriptions(const OptionValues& options) {
    const auto form = options.flag("json") ? LineForm::json : LineForm::human;
    const auto first_state = options.flag("changes-only") ? FirstState::skip : FirstState::report;
    const auto command = options.has("exec") ? std::optional(options.text("exec")) : std::nullopt;
    WatchedUrls urls;
    for (const auto& text : options.positional()) {
        const auto url = TreeUrl::parse(text);
        if (url.kind() != TreeUrl::Kind::file) {
            urls.push_back(std::make_unique<TreeSubscription>(url, wait, first_state, form, command)
            );
            continue;
        }
        std::optional<CommandRunner> runner;
        if (command)
            runner.emplace(*command, url.text());
        urls.push_back(std::make_unique<Subscription>(
            FileUrl::of_file(url.origin(), url.text()),
            PollFsm(wait, first_state),
            form,
            std::move(runner)
        ));
    }
    return urls;
}

/// The time until the next poll is due.
milliseconds idle_time(const WatchedUrls& urls, Clock::time_point now) {
    milliseconds idle = std::chrono::hours(1);
    for (const auto& url : urls)
        if (const auto due = url->due())
            idle = std::min(idle, std::chrono::ceil<milliseconds>(*due - now));
    return std::max(idle, milliseconds(0));
}

}  // namespace

ExitCode run_watch(const Arguments& arguments) {
    const CommandLine line{
        "treecast watch URL... [--exec CMD] [--json] [--changes-only]",
        "Prints a line for the state of each file, and one for each change from then on, until\n"
        "it is interrupted. URL names a file, all files below a directory (URL/DIR/) or those\n"
        "that match a glob (URL/**/*.json; %2A, %3F and %5B are the characters * ? and [).\n"
        "Reconnects by itself. Of changes in quick succession the last is never missed; those\n"
        "before it may be. Commands run one at a time for each URL: if changes of a file come\n"
        "while one runs, the newest is next.\n",
        {watch_table},
        10'000};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (options->positional().empty())
        throw StartupError(ExitCode::usage, "watch: which URL? See --help");

    StopSignals stops;
    const auto urls = make_subscriptions(*options);
    TransferEngine http;
    std::mt19937 generator{std::random_device{}()};
    std::uniform_real_distribution<double> random(0.0, 1.0);

    while (true) {
        const auto now = Clock::now();
        std::vector<int> readable{stops.descriptor()};
        for (std::size_t i = 0; i < urls.size(); ++i) {
            urls[i]->poll(http, i * Watched::requests_max, now);
            if (urls[i]->command_descriptor() >= 0)
                readable.push_back(urls[i]->command_descriptor());
        }
        const auto completed = http.wait(idle_time(urls, now), readable);
        if (stops.take())
            return ExitCode::ok;
        for (const auto& [key, answer] : completed)
            urls[key / Watched::requests_max]
                ->complete(key % Watched::requests_max, answer, random(generator), Clock::now());
        for (const auto& url : urls)
            url->advance_commands();
    }
}

}  // namespace treecast::client
