// What an archive is of, by the name in its URL: `conf.tar.gz` is all below conf/. Pure.
#pragma once

#include "proxy/coding.hpp"

#include <string>
#include <string_view>

namespace treecast::proxy {

/// ".tar", ".tar.gz", ".tar.zst".
std::string_view ending_of(Coding coding) noexcept;

struct ArchiveTarget {
    std::string name;    // decoded: "conf.tar.gz"; it identifies the target
    std::string prefix;  // "conf/", or empty: the whole tree
    Coding coding = Coding::identity;

    friend bool operator==(const ArchiveTarget&, const ArchiveTarget&) = default;
};

/// The key under which MadeContents has the content of an archive.
std::string content_key(std::string_view name);

struct ParsedArchiveTarget {
    ArchiveTarget target;
    unsigned status = 0;   // of a refusal: 400 or 404; 0: none
    std::string reason{};  // of a refusal: a sentence
};

/// Parses what follows `/v1/archive/` in a URL, still encoded. The endings are not to be encoded;
/// what is before them is the path of a directory, as decode_file_path() accepts it, or nothing.
ParsedArchiveTarget parse_archive_target(std::string_view encoded);

}  // namespace treecast::proxy
