#include "proxy/http/content_type.hpp"

#include "base/tree_path.hpp"
#include "proxy/http/header_list.hpp"

#include <array>

namespace treecast::proxy {

namespace {

struct Ending {
    std::string_view extension;
    std::string_view type;
};

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

constexpr std::array endings{
    Ending{"avif", "image/avif"},
    Ending{"cfg", plain_text},
    Ending{"conf", plain_text},
    Ending{"css", "text/css; charset=utf-8"},
    Ending{"csv", "text/csv; charset=utf-8"},
    Ending{"env", plain_text},
    Ending{"gif", "image/gif"},
    Ending{"gz", "application/gzip"},
    Ending{"htm", "text/html; charset=utf-8"},
    Ending{"html", "text/html; charset=utf-8"},
    Ending{"ico", "image/vnd.microsoft.icon"},
    Ending{"ini", plain_text},
    Ending{"jpeg", "image/jpeg"},
    Ending{"jpg", "image/jpeg"},
    Ending{"js", "text/javascript; charset=utf-8"},
    Ending{"json", "application/json"},
    Ending{"log", plain_text},
    Ending{"md", plain_text},
    Ending{"mjs", "text/javascript; charset=utf-8"},
    Ending{"mp4", "video/mp4"},
    Ending{"pdf", "application/pdf"},
    Ending{"pem", "application/x-pem-file"},
    Ending{"png", "image/png"},
    Ending{"properties", plain_text},
    Ending{"sh", plain_text},
    Ending{"svg", "image/svg+xml"},
    Ending{"tar", "application/x-tar"},
    Ending{"toml", plain_text},
    Ending{"tsv", "text/tab-separated-values; charset=utf-8"},
    Ending{"txt", plain_text},
    Ending{"wasm", "application/wasm"},
    Ending{"webp", "image/webp"},
    Ending{"woff2", "font/woff2"},
    Ending{"xml", "application/xml"},
    Ending{"yaml", plain_text},
    Ending{"yml", plain_text},
    Ending{"zip", "application/zip"},
    Ending{"zst", "application/zstd"},
};

}  // namespace

std::string_view content_type(std::string_view path) noexcept {
    const std::string_view name = name_of(path);
    const auto dot = name.rfind('.');
    if (dot != name.npos)
        for (const Ending& ending : endings)
            if (equals_ignoring_case(name.substr(dot + 1), ending.extension))
                return ending.type;
    return "application/octet-stream";
}

}  // namespace treecast::proxy
