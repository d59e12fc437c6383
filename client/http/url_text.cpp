#include "client/http/url_text.hpp"

#include "base/one_line.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <charconv>

namespace treecast::client {

StartupError url_refusal(std::string_view text, const std::string& reason) {
    return {ExitCode::usage, "'" + one_line(text) + "' " + reason};
}

bool has_scheme(std::string_view text, std::string_view scheme) noexcept {
    return std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

bool remove_scheme(std::string_view& text, std::string_view scheme) noexcept {
    if (!has_scheme(text, scheme))
        return false;
    text.remove_prefix(scheme.size());
    return true;
}

UrlHost parse_url_host(std::string_view text, std::string_view authority) {
    const auto parsed = boost::urls::parse_authority(boost::urls::string_view(authority));
    if (!parsed || parsed->host().empty())
        throw url_refusal(text, "names no host; write http://HOST:PORT/PATH");
    if (parsed->has_userinfo())
        throw url_refusal(text, "holds a user name; Treecast asks for none");
    UrlHost result{{parsed->encoded_host().data(), parsed->encoded_host().size()}, {}};
    const auto port = parsed->port();
    if (port.empty())
        return result;
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || number == 0)
        throw url_refusal(text, "has no valid port");
    result.port = number;
    return result;
}

SplitUrl split_http_url(std::string_view text) {
    auto rest = text;
    std::string_view scheme = "http://";
    if (!remove_scheme(rest, scheme)) {
        scheme = "https://";
        if (!remove_scheme(rest, scheme))
            throw url_refusal(text, "is no URL such as http://127.0.0.1:8420/PATH");
    }
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    parse_url_host(text, host);
    rest.remove_prefix(host.size());
    return {std::string(scheme) + std::string(host), rest};
}

std::string_view tree_path_in(std::string_view rest) noexcept {
    constexpr std::string_view files = "/v1/files";
    if (rest == files || rest.starts_with("/v1/files/"))
        rest.remove_prefix(files.size());
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    return rest;
}

std::optional<std::string> decode_url_path(std::string_view path) {
    std::string bytes;
    while (!path.empty()) {
        if (path.front() != '%') {
            bytes.push_back(path.front());
            path.remove_prefix(1);
            continue;
        }
        unsigned byte = 0;
        const auto digits = path.substr(1, 2);
        const char* const end = digits.data() + digits.size();
        if (digits.size() != 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end ||
            byte == '/')
            return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
        path.remove_prefix(3);
    }
    return bytes;
}

}  // namespace treecast::client
