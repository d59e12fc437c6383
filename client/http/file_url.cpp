#include "client/http/file_url.hpp"

#include "base/tree_path.hpp"
#include "client/http/url_text.hpp"

namespace treecast::client {

FileUrl FileUrl::parse(std::string_view text) {
    auto rest = text;
    std::string_view scheme = "http://";
    if (!remove_scheme(rest, scheme)) {
        scheme = "https://";
        if (!remove_scheme(rest, scheme))
            throw url_refusal(text, "is no URL such as http://127.0.0.1:8420/PATH");
    }
    FileUrl url;
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    parse_url_host(text, host);
    url.origin_ = std::string(scheme) + std::string(host);
    rest.remove_prefix(host.size());
    if (rest.find_first_of("?#") != rest.npos)
        throw url_refusal(text, "has a query or fragment; in a path write ? as %3F and # as %23");

    if (rest == "/v1/files" || rest.starts_with("/v1/files/"))
        rest.remove_prefix(std::string_view("/v1/files").size());
    if (!rest.empty())
        rest.remove_prefix(1);
    url.names_tree_ = rest.empty() || rest.ends_with('/');
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    auto path = decode_url_path(rest);
    const bool is_root = path && path->empty() && url.names_tree_;
    if (!path || (!is_root && !is_valid_path(*path)))
        throw url_refusal(text, "names no path that a tree can have");
    url.path_ = std::move(*path);
    return url;
}

FileUrl FileUrl::parse_file(std::string_view text) {
    FileUrl url = parse(text);
    if (url.names_tree())
        throw url_refusal(text, "names a tree, not a file");
    return url;
}

std::string FileUrl::request_url() const {
    return origin_ + "/v1/files/" + percent_encode(path_);
}

}  // namespace treecast::client
