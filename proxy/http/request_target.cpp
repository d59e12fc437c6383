#include "proxy/http/request_target.hpp"

#include "base/tree_path.hpp"

#include <treecast/limits.hpp>

namespace treecast::proxy {

namespace {

/// Why a decoded path cannot name a file; null if it can.
const char* refusal_of(std::string_view path) {
    if (path.empty())
        return "the path is empty";
    if (path.size() >= path_bytes_max)
        return "the path is longer than 4095 bytes";
    if (!is_utf8(path))
        return "the path is not UTF-8";
    if (path.back() == '/')
        return "the path ends in '/', so it names no file";
    std::string_view rest = path;
    while (true) {
        const auto slash = rest.find('/');
        const auto name = rest.substr(0, slash);
        if (name.empty())
            return "the path has an empty component";
        if (name == "." || name == "..")
            return "the path has a component '.' or '..'";
        if (name.size() > name_bytes_max)
            return "the path has a component longer than 255 bytes";
        if (slash == rest.npos)
            return nullptr;
        rest.remove_prefix(slash + 1);
    }
}

}  // namespace

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

Target split_target(std::string_view target) noexcept {
    if (!target.starts_with('/')) {
        const auto authority = target.find("://");
        if (authority != target.npos) {
            const auto path = target.find_first_of("/?", authority + 3);
            target = path == target.npos ? std::string_view("/") : target.substr(path);
        }
    }
    const auto mark = target.find('?');
    if (mark == target.npos)
        return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

DecodedPath decode_file_path(std::string_view encoded) {
    DecodedPath decoded;
    decoded.path.reserve(encoded.size());
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        char c = encoded[i];
        if (c == '%') {
            const int high = i + 2 < encoded.size() ? hex_digit(encoded[i + 1]) : -1;
            const int low = i + 2 < encoded.size() ? hex_digit(encoded[i + 2]) : -1;
            if (high < 0 || low < 0) {
                decoded.refusal = "a '%' is not followed by two hexadecimal digits";
                return decoded;
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (c == '/') {
                decoded.refusal = "an encoded slash (%2F) cannot be part of a name";
                return decoded;
            }
        } else if (c == '#') {
            decoded.refusal = "a '#' must be written %23";
            return decoded;
        }
        if (c == '\0') {
            decoded.refusal = "a NUL (%00) cannot be part of a name";
            return decoded;
        }
        decoded.path.push_back(c);
    }
    decoded.refusal = refusal_of(decoded.path);
    return decoded;
}

}  // namespace treecast::proxy
