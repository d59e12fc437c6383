// Whatever a server sends as an answer of the feed: it is refused with a reason of one line, or all
// that is read is valid, and each file's JSON is read again as the same.
#include "base/tree_path.hpp"
#include "client/following/feed_answer.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::client;

namespace {

constexpr const char* front =
    R"({"instance":"","cursor":"0000000000000001.1","reset":false,"same":false,"more":false,)"
    R"("changes":[)";

void check(const FeedChange& change) {
    FUZZ_CHECK(is_valid_path(change.path));
    FUZZ_CHECK(change.mode <= 07777);
    FUZZ_CHECK(change.json.find('\n') == std::string::npos);
    if (change.mtime) {
        FUZZ_CHECK(change.mtime->seconds >= year_0_s && change.mtime->seconds < year_10000_s);
        FUZZ_CHECK(change.mtime->nanoseconds < 1'000'000'000);
    }
    const auto again = parse_feed_answer(front + change.json + "]}", FeedJson::keep);
    FUZZ_CHECK(again.has_value() && again->changes.size() == 1);
    const auto& same = again->changes.front();
    FUZZ_CHECK(same.path == change.path && same.version == change.version);
    FUZZ_CHECK(same.state == change.state && same.reason == change.reason);
    FUZZ_CHECK(same.size == change.size && same.mode == change.mode);
    FUZZ_CHECK(same.mtime == change.mtime && same.sha256 == change.sha256);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    const auto answer = parse_feed_answer({copy.data(), copy.size()}, FeedJson::keep);
    if (!answer) {
        FUZZ_CHECK(!answer.error().reason.empty());
        FUZZ_CHECK(answer.error().reason.find('\n') == std::string::npos);
        return 0;
    }
    FUZZ_CHECK(answer->cursor.find_first_of("&?#% \r\n") == std::string::npos);
    static_cast<void>(version_of_cursor(answer->cursor));
    for (const auto& change : answer->changes)
        check(change);
    return 0;
}
