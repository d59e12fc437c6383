#include "proxy/operations/short_name.hpp"

#include "base/tree_path.hpp"

namespace treecast::proxy {

namespace {

/// The characters that RFC 3986 allows in path and query, and '%'.
constexpr std::string_view url_characters = "/?:@!$&'()*+,;=%";

void append_encoded(std::string& url, std::string_view text) {
    for (const char c : text) {
        if (url_characters.find(c) != url_characters.npos)
            url.push_back(c);
        else
            url += percent_encode({&c, 1});
    }
}

}  // namespace

std::string file_location(std::string_view path, std::string_view query) {
    std::string url = "/v1/files/";
    append_encoded(url, path);
    if (!query.empty()) {
        url.push_back('?');
        append_encoded(url, query);
    }
    return url;
}

}  // namespace treecast::proxy
