// Whatever a client says that it accepts: the answer is a weight, and what says so fits it.
#include "proxy/http/accept.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

using namespace treecast::proxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    const std::string_view text(copy.data(), copy.size());
    for (const std::string_view type : {"multipart/mixed", "application/json"}) {
        const Acceptance acceptance = acceptance_of(text, type);
        FUZZ_CHECK(acceptance.quality <= 1000);
        FUZZ_CHECK(acceptance.by != Acceptance::By::nothing || acceptance.quality == 0);
    }
    return 0;
}
