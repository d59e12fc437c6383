#include "proxy/archive/archive_target.hpp"

#include "proxy/http/request_target.hpp"

#include <array>
#include <utility>

namespace treecast::proxy {

namespace {

constexpr std::array all_codings{Coding::identity, Coding::gzip, Coding::zstd};

}  // namespace

std::string_view ending_of(Coding coding) noexcept {
    switch (coding) {
        case Coding::identity:
            break;
        case Coding::gzip:
            return ".tar.gz";
        case Coding::zstd:
            return ".tar.zst";
    }
    return ".tar";
}

std::string content_key(std::string_view name) {
    return "archive/" + std::string(name);
}

ParsedArchiveTarget parse_archive_target(std::string_view encoded) {
    for (const Coding coding : all_codings) {
        const std::string_view ending = ending_of(coding);
        if (!encoded.ends_with(ending))
            continue;
        encoded.remove_suffix(ending.size());
        if (encoded.empty())
            return {{std::string(ending), {}, coding}};
        DecodedPath directory = decode_file_path(encoded);
        if (directory.refusal != nullptr)
            return {{}, 400, std::string("In the URL ") + directory.refusal + '.'};
        return {{directory.path + std::string(ending), directory.path + '/', coding}};
    }
    return {{}, 404, "The name of an archive ends in .tar, .tar.gz or .tar.zst."};
}

}  // namespace treecast::proxy
