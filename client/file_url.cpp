#include "client/file_url.hpp"

#include <treecast/one_line.hpp>
#include <treecast/tree_path.hpp>

#include <boost/url/parse.hpp>

#include <charconv>
#include <cstdint>
#include <optional>

namespace treecast::client {

namespace {

StartupError refusal(std::string_view text, const std::string& reason) {
    return {ExitCode::usage, "'" + one_line(text) + "' " + reason};
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        if (text.front() != '%') {
            bytes.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        unsigned byte = 0;
        const auto digits = text.substr(1, 2);
        const char* const end = digits.data() + digits.size();
        if (digits.size() != 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end)
            return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
        text.remove_prefix(3);
    }
    return bytes;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string parse_origin(std::string_view text, std::string_view scheme, std::string_view host) {
    const auto authority = boost::urls::parse_authority(boost::urls::string_view(host));
    if (!authority || authority->host().empty())
        throw refusal(text, "names no host; write http://HOST:PORT/PATH");
    if (authority->has_userinfo())
        throw refusal(text, "holds a user name; Treecast asks for none");
    const auto port = authority->port();
    std::uint16_t number = 0;
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
    if (!port.empty() && (parsed.ec != std::errc() || number == 0))
        throw refusal(text, "has no valid port");
    return std::string(scheme) + std::string(host);
}

}  // namespace

FileUrl FileUrl::parse(std::string_view text) {
    auto rest = text;
    std::string_view scheme = "http://";
    if (!take_prefix(rest, scheme)) {
        scheme = "https://";
        if (!take_prefix(rest, scheme))
            throw refusal(text, "is no URL such as http://127.0.0.1:8420/PATH");
    }
    FileUrl url;
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    url.origin_ = parse_origin(text, scheme, host);
    rest.remove_prefix(host.size());
    if (rest.find_first_of("?#") != rest.npos)
        throw refusal(text, "has a query or fragment; in a path write ? as %3F and # as %23");

    if (rest == "/v1/files" || rest.starts_with("/v1/files/"))
        rest.remove_prefix(std::string_view("/v1/files").size());
    if (!rest.empty())
        rest.remove_prefix(1);
    url.names_tree_ = rest.empty() || rest.ends_with('/');
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    // An encoded slash would be decoded into another path than the one that is meant.
    const auto encoded_slash = rest.find("%2F") != rest.npos || rest.find("%2f") != rest.npos;
    auto path = percent_decode(rest);
    const bool is_root = path && path->empty() && url.names_tree_;
    if (!path || encoded_slash || (!is_root && !is_valid_path(*path)))
        throw refusal(text, "names no path that a tree can have");
    url.path_ = std::move(*path);
    return url;
}

FileUrl FileUrl::parse_file(std::string_view text) {
    FileUrl url = parse(text);
    if (url.names_tree())
        throw refusal(text, "names a tree, not a file");
    return url;
}

std::string FileUrl::request_url() const {
    return origin_ + "/v1/files/" + percent_encode(path_);
}

}  // namespace treecast::client
