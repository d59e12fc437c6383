// Whatever a client's URL asks the feed for: what is accepted is valid and within bounds, and the
// same query, written plainly, means the same.
#include "test/fuzz/feed_query_check.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

namespace {

void append(std::string& text, const char* name, std::string_view value) {
    text.append("&").append(name).append("=").append(percent_encode(value));
}

std::string query_text(const FeedQuery& query) {
    std::string text;
    for (const std::string& path : query.interest.paths)
        append(text, "path", path);
    for (const std::string& prefix : query.interest.prefixes)
        append(text, "prefix", prefix);
    for (const Glob& glob : query.interest.globs)
        append(text, "glob", glob.text());
    if (query.after)
        append(text, "after", to_string(*query.after));
    append(text, "limit", std::to_string(query.limit));
    return text;
}

/// What /v1/events and /v1/changes understand in common means the same to both.
void check_event_query(
    std::string_view text,
    const FeedQuery& query,
    const std::optional<QueryRefusal>& refusal
) {
    EventQuery events;
    const auto refusal_of_events = parse_event_query(text, events);
    fuzz::check_reason(refusal_of_events);
    if (!refusal_of_events && refusal)
        FUZZ_CHECK(refusal->parameter == "last_event_id");
    if (refusal_of_events && !refusal)
        FUZZ_CHECK(
            refusal_of_events->parameter == "limit" || refusal_of_events->parameter == "state" ||
            refusal_of_events->parameter == "wait"
        );
    if (refusal_of_events || refusal)
        return;
    FUZZ_CHECK(events.interest.paths == query.interest.paths);
    FUZZ_CHECK(events.interest.prefixes == query.interest.prefixes);
    FUZZ_CHECK(events.interest.globs == query.interest.globs);
    FUZZ_CHECK(events.after == query.after && !events.last_event_id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    FeedQuery query;
    const auto refusal = parse_feed_query({copy.data(), copy.size()}, query);
    fuzz::check_reason(refusal);
    fuzz::check_query(query);
    check_event_query({copy.data(), copy.size()}, query, refusal);
    if (refusal)
        return 0;
    fuzz::check_interest(query);
    FeedQuery again;
    FUZZ_CHECK(!parse_feed_query(query_text(query), again));
    FUZZ_CHECK(again.interest.paths == query.interest.paths);
    FUZZ_CHECK(again.interest.prefixes == query.interest.prefixes);
    FUZZ_CHECK(again.interest.globs == query.interest.globs);
    FUZZ_CHECK(again.after == query.after && again.limit == query.limit);
    return 0;
}
