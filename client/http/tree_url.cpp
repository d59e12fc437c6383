#include "client/http/tree_url.hpp"

#include "base/glob.hpp"
#include "base/tree_path.hpp"
#include "client/http/url_text.hpp"

#include <optional>
#include <utility>

namespace treecast::client {

namespace {

constexpr std::string_view wildcards = "*?[";
constexpr std::string_view special_in_globs = "*?[]\\!^-";

/// The glob that a URL's path writes. nullopt for bad escapes.
std::optional<std::string> decode_glob(std::string_view path) {
    std::string glob;
    bool is_quoted = false;
    while (!path.empty()) {
        const bool is_encoded = path.front() == '%';
        const auto piece = path.substr(0, is_encoded ? 3 : 1);
        const auto decoded = decode_url_path(piece);
        if (!decoded)
            return std::nullopt;
        const bool is_special = special_in_globs.find(decoded->front()) != special_in_globs.npos;
        if (is_encoded && is_special && !is_quoted)
            glob.push_back('\\');
        is_quoted = piece == "\\" && !is_quoted;
        glob += *decoded;
        path.remove_prefix(piece.size());
    }
    return glob;
}

}  // namespace

TreeUrl TreeUrl::parse(std::string_view text) {
    TreeUrl url;
    auto [origin, rest] = split_http_url(text);
    if (!rest.starts_with('/') || rest.find_first_of(wildcards) == rest.npos) {
        const auto file = FileUrl::parse(text);
        url.kind_ = file.names_tree() ? Kind::directory : Kind::file;
        url.origin_ = file.origin();
        url.text_ = file.path();
        return url;
    }
    if (rest.find('#') != rest.npos)
        throw url_refusal(text, "has a fragment; in a path write # as %23");
    auto glob = decode_glob(tree_path_in(rest));
    if (!glob)
        throw url_refusal(text, "has an escape that is none of a path's");
    if (const auto parsed = Glob::parse(*glob); !parsed)
        throw url_refusal(
            text,
            std::string("is a glob that ") + parsed.error().reason +
                " (write * as %2A, ? as %3F and [ as %5B to mean the character)"
        );
    url.kind_ = Kind::glob;
    url.origin_ = std::move(origin);
    url.text_ = std::move(*glob);
    return url;
}

std::string TreeUrl::changes_url() const {
    const std::string text = percent_encode(text_);
    std::string url = origin_ + "/v1/changes";
    if (kind_ == Kind::glob)
        url += "?glob=" + text;
    else if (kind_ == Kind::file)
        url += "?path=" + text + "&prefix=" + text + '/';
    else if (!is_root())
        url += "?prefix=" + text + '/';
    return url;
}

}  // namespace treecast::client
