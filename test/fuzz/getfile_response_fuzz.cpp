// Whatever a server sends, in either dialect: the parser stays within the bytes and bounded,
// decides as early as it can and never takes it back.
#include "client/getfile/getfile_response.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace treecast::client;
using State = GetfileHeader::State;

namespace {

/// A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
GetfileHeader parse_copy(GetfileDialect dialect, std::string_view bytes) {
    std::vector<char> copy(bytes.begin(), bytes.end());
    copy.shrink_to_fit();
    return parse_getfile_header(dialect, {copy.data(), copy.size()});
}

void check(GetfileDialect dialect, std::string_view bytes) {
    const GetfileHeader whole = parse_copy(dialect, bytes);
    if (whole.state == State::incomplete)
        FUZZ_CHECK(bytes.size() <= getfile_header_bytes_max);
    if (whole.state == State::complete) {
        FUZZ_CHECK(whole.bytes <= std::min(bytes.size(), getfile_header_bytes_max));
        FUZZ_CHECK(whole.status == GetfileHeader::Status::ok || whole.length == 0);
    }
    bool decided = false;
    for (std::size_t length = 0; length < std::min<std::size_t>(bytes.size(), 100); ++length) {
        const GetfileHeader part = parse_copy(dialect, bytes.substr(0, length));
        decided = decided || part.state != State::incomplete;
        if (decided)
            FUZZ_CHECK(
                part.state == whole.state && part.bytes == whole.bytes &&
                part.length == whole.length && part.status == whole.status
            );
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(GetfileDialect::crlf, bytes);
    check(GetfileDialect::legacy, bytes);
    return 0;
}
