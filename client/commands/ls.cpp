// `treecast ls`: lists the files that a URL names, by the change feed.
#include "client/commands/commands.hpp"
#include "client/commands/request.hpp"
#include "client/following/feed_listing.hpp"
#include "client/following/feed_subscription.hpp"
#include "client/following/listing_text.hpp"
#include "client/http/transfer_engine.hpp"
#include "client/http/tree_url.hpp"
#include "client/output/output.hpp"
#include "client/processes/stop_signals.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace treecast::client {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::array ls_table{
    OptionSpec{
        "json",
        OptionKind::flag,
        "",
        "",
        "print one JSON object a line, as the change feed has them"},
};

constexpr std::size_t output_piece_bytes = 65536;

/// Waits until the next request is due.
void pause(TransferEngine& http, const FeedSubscription& feed, StopSignals& stops) {
    const int stop = stops.descriptor();
    const auto rest = std::chrono::ceil<milliseconds>(*feed.due() - Clock::now());
    http.wait(std::max(rest, milliseconds(0)), {&stop, 1});
    if (stops.take())
        refuse(ExitCode::failed, feed.url(), "interrupted");
}

FeedListing list(const TreeUrl& url, FeedJson form, StopSignals& stops) {
    FeedSubscription feed(url.changes_url(), std::chrono::seconds(0), form);
    TransferEngine http;
    std::mt19937 generator{std::random_device{}()};
    std::uniform_real_distribution<double> random(0.0, 1.0);
    FeedListing listing;
    bool more = true;
    while (more) {
        pause(http, feed, stops);
        feed.poll(http, 0, Clock::now());
        const auto answer = await_answer(http, feed.url(), stops);
        auto action = feed.complete(answer, random(generator), Clock::now());
        if (!action.answer)
            refuse(
                answer.status == 0 ? ExitCode::unreachable : ExitCode::failed,
                feed.url(),
                action.trouble
            );
        more = action.answer->more;
        listing.apply(std::move(*action.answer));
        if (more && listing.is_endless())
            refuse(ExitCode::failed, feed.url(), "the server's list has no end");
    }
    return listing;
}

void print(const FeedListing::Files& files, bool as_json) {
    const auto width = size_width(files);
    std::string piece;
    for (const auto& [path, file] : files) {
        piece += as_json ? file.json + '\n' : listing_line(path, file, width);
        if (piece.size() < output_piece_bytes)
            continue;
        write_to_stdout(piece);
        piece.clear();
    }
    write_to_stdout(piece);
}

}  // namespace

ExitCode run_ls(const Arguments& arguments) {
    const CommandLine line{
        "treecast ls URL [--json]",
        "Lists the files below URL, which names a directory, the whole tree (http://HOST:PORT/),\n"
        "a file, or a glob (URL/**/*.json; %2A, %3F and %5B are the characters * ? and [):\n"
        "mode, size, time of the last change, path. Paths come in the order of their bytes.\n",
        {ls_table},
        1};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (options->positional().empty())
        throw StartupError(ExitCode::usage, "ls: which URL? See --help");

    const auto& text = options->positional().front();
    const auto url = TreeUrl::parse(text);
    StopSignals stops;
    const bool as_json = options->flag("json");
    const auto listing = list(url, as_json ? FeedJson::keep : FeedJson::drop, stops);
    if (listing.files().empty() && !url.is_root())
        refuse(ExitCode::not_found, text, "nothing is there");
    print(listing.files(), as_json);
    return ExitCode::ok;
}

}  // namespace treecast::client
