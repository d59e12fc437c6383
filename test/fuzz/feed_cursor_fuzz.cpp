// Whatever a client returns as a cursor: it is refused, or is what would have been sent to it.
#include "proxy/feed/feed_cursor.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

using namespace treecast::proxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    const std::string_view text(copy.data(), copy.size());
    if (const auto cursor = parse_feed_cursor(text))
        FUZZ_CHECK(to_string(*cursor) == text);
    return 0;
}
