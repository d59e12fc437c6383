// Whatever a client sends as a glob, up to the first newline, and any path behind it: parsing and
// matching stay within the bytes, what matches begins with the literal prefix, and a glob that
// quotes every character of a path matches that path alone.
#include "base/glob.hpp"
#include "base/tree_path.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using treecast::Glob;

namespace {

/// Whether `path` is matched. It is copied without a byte behind it, so that the sanitizer sees
/// each read beyond its end.
bool matches_copy(const Glob& glob, std::string_view path) {
    const std::vector<char> copy(path.begin(), path.end());
    return glob.matches({copy.data(), copy.size()});
}

std::string quoted(std::string_view path) {
    std::string text;
    for (const char c : path) {
        if (std::string_view("*?[\\").find(c) != std::string_view::npos)
            text += '\\';
        text += c;
    }
    return text;
}

void check_quoted(std::string_view path) {
    const auto glob = Glob::parse(quoted(path));
    FUZZ_CHECK(glob.has_value() == (quoted(path).size() <= Glob::bytes_max));
    if (glob) {
        FUZZ_CHECK(matches_copy(*glob, path));
        FUZZ_CHECK(glob->literal_prefix() == path);
        FUZZ_CHECK(!matches_copy(*glob, std::string(path) + "x"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string_view text = bytes.substr(0, bytes.find('\n'));
    const std::string_view path = bytes.substr(std::min(text.size() + 1, size));
    const std::vector<char> copy(text.begin(), text.end());
    const auto glob = Glob::parse({copy.data(), copy.size()});
    if (glob.has_error()) {
        FUZZ_CHECK(*glob.error().reason != '\0');
    } else {
        FUZZ_CHECK(glob->text() == text);
        FUZZ_CHECK(*Glob::parse(text) == *glob);
        if (matches_copy(*glob, path))
            FUZZ_CHECK(path.starts_with(glob->literal_prefix()));
    }
    if (treecast::is_valid_path(path))
        check_quoted(path);
    return 0;
}
