// A URL of files, as people type it: one file, all below a directory, or a glob. Pure.
//
// It is written as FileUrl says. If its path holds `*`, `?` or `[`, it is a glob (base/glob.hpp),
// and the other characters that mean something in a glob do so, `\` too. What is percent-encoded
// stands for itself: `%2A` is a star, `%3F` a question mark. Without a `*`, `?` or `[` every
// character stands for itself.
#pragma once

#include "client/http/file_url.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class TreeUrl {
public:
    enum class Kind {
        file,       // `URL/PATH`
        directory,  // `URL/PATH/`, or the root
        glob,       // `URL/**/*.json`
    };

    /// Throws StartupError(usage) that names the URL and what is wrong with it.
    static TreeUrl parse(std::string_view text);

    Kind kind() const noexcept { return kind_; }
    bool is_root() const noexcept { return kind_ == Kind::directory && text_.empty(); }
    const std::string& origin() const noexcept { return origin_; }
    /// The path, without a slash at its end, or the glob. "" is the root.
    const std::string& text() const noexcept { return text_; }

    /// The URL of the feed that lists what this URL names: `ORIGIN/v1/changes?prefix=PATH/`. For
    /// a path without a slash at its end it is the file, and what lies below if it is a directory.
    std::string changes_url() const;

private:
    Kind kind_ = Kind::file;
    std::string origin_;
    std::string text_;
};

}  // namespace treecast::client
