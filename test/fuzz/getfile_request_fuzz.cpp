// Whatever a client sends: the parser stays within the bytes and bounded, answers as early as it
// can and never takes it back, and gives a path that asks for itself.
#include "proxy/getfile/getfile_request.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string>
#include <vector>

using treecast::proxy::getfile_path_bytes_max;
using treecast::proxy::GetfileRequest;
using treecast::proxy::parse_getfile_request;
using State = GetfileRequest::State;

namespace {

/// A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
GetfileRequest parse_copy(std::string_view bytes, std::vector<char>& copy) {
    copy.assign(bytes.begin(), bytes.end());
    copy.shrink_to_fit();
    return parse_getfile_request({copy.data(), copy.size()});
}

void check_path(std::string_view path) {
    FUZZ_CHECK(path.starts_with('/'));
    FUZZ_CHECK(path.size() <= getfile_path_bytes_max);
    FUZZ_CHECK(path.find_first_of(std::string_view("\0\r\n", 3)) == path.npos);
    const std::string again =
        "GETFILE GET " + std::string(path) + (path.ends_with(' ') ? " \r\n\r\n" : "\r\n\r\n");
    const auto parsed = parse_getfile_request(again);
    FUZZ_CHECK(parsed.state == State::complete && parsed.path == path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::vector<char> copy;
    const GetfileRequest whole = parse_copy(bytes, copy);
    const std::string path(whole.path);
    if (whole.state == State::complete)
        check_path(path);
    else
        FUZZ_CHECK(path.empty());
    if (whole.state == State::incomplete)
        FUZZ_CHECK(size < sizeof "GETFILE GET  \r\n\r\n" - 1 + getfile_path_bytes_max);

    // Every prefix says "incomplete" or what is said in the end. Long inputs: some of them.
    const std::size_t step = size / 64 + 1;
    bool decided = false;
    for (std::size_t length = 0; length < size; length += step) {
        std::vector<char> part_copy;
        const GetfileRequest part = parse_copy(bytes.substr(0, length), part_copy);
        decided = decided || part.state != State::incomplete;
        if (decided)
            FUZZ_CHECK(part.state == whole.state && part.path == path);
    }
    return 0;
}
