#include "client/http/file_url.hpp"

#include "base/tree_path.hpp"
#include "client/http/url_text.hpp"

#include <utility>

namespace treecast::client {

FileUrl FileUrl::parse(std::string_view text) {
    auto [origin, rest] = split_http_url(text);
    if (rest.find_first_of("?#") != rest.npos)
        throw url_refusal(text, "has a query or fragment; in a path write ? as %3F and # as %23");

    FileUrl url;
    url.origin_ = std::move(origin);
    rest = tree_path_in(rest);
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

FileUrl FileUrl::of_file(std::string origin, std::string path) {
    FileUrl url;
    url.origin_ = std::move(origin);
    url.path_ = std::move(path);
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
