// A URL as people type it, normalised. Pure.
//
// `http://HOST:PORT/PATH`, with or without `/v1/files` before PATH, http or https. PATH is
// percent-encoded as in any URL; bytes that need no encoding to be understood (blanks, umlauts)
// are taken as they are. A trailing slash, or no PATH, names the tree below.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class FileUrl {
public:
    /// Throws StartupError(usage) that names the URL and what is wrong with it.
    static FileUrl parse(std::string_view text);

    /// Throws StartupError(usage) also if the URL names a tree: for commands that accept one file.
    static FileUrl parse_file(std::string_view text);

    /// The URL of a valid path at `origin`.
    static FileUrl of_file(std::string origin, std::string path);

    /// `http://HOST:PORT`
    const std::string& origin() const noexcept { return origin_; }
    /// Decoded, as in base/tree_path.hpp; "" is the root.
    const std::string& path() const noexcept { return path_; }
    bool names_tree() const noexcept { return names_tree_; }
    /// The URL to request: `ORIGIN/v1/files/PATH`, encoded again.
    std::string request_url() const;

private:
    std::string origin_;
    std::string path_;
    bool names_tree_ = false;
};

}  // namespace treecast::client
