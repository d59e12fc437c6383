// Whatever a client accepts: what remains is in order, and what is refused alone is refused.
#include "proxy/http/accept_encoding.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

using namespace treecast::proxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    const std::string_view text(copy.data(), copy.size());
    const AcceptedCodings accepted = parse_accept_encoding(text);
    FUZZ_CHECK(accepted.any() || accepted.second == Coding::identity);
    FUZZ_CHECK(accepted.second == Coding::identity || accepted.first != accepted.second);
    const bool has_zero = text.find('0') != text.npos;
    FUZZ_CHECK(!accepted.refuses_identity || has_zero);
    return 0;
}
