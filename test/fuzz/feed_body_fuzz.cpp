// Whatever a client posts to the feed: what is accepted is valid, and the same lists, written as
// JSON, mean the same.
#include "test/fuzz/feed_query_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

namespace {

namespace json = boost::json;

std::string body_text(const InterestLists& lists) {
    json::array globs;
    for (const Glob& glob : lists.globs)
        globs.emplace_back(glob.text());
    return json::serialize(json::object{
        {"paths", json::array(lists.paths.begin(), lists.paths.end())},
        {"prefixes", json::array(lists.prefixes.begin(), lists.prefixes.end())},
        {"globs", std::move(globs)},
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    FeedQuery query;
    const auto refusal = parse_feed_body({copy.data(), copy.size()}, query);
    fuzz::check_reason(refusal);
    fuzz::check_query(query);
    if (refusal)
        return 0;
    FUZZ_CHECK(query.limit == listed_files_max && !query.after && !query.wait);
    fuzz::check_interest(query);
    FeedQuery again;
    FUZZ_CHECK(!parse_feed_body(body_text(query.interest), again));
    FUZZ_CHECK(again.interest.paths == query.interest.paths);
    FUZZ_CHECK(again.interest.prefixes == query.interest.prefixes);
    FUZZ_CHECK(again.interest.globs == query.interest.globs);
    return 0;
}
