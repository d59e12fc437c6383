#include "proxy/http/content_type.hpp"

#include "base/tree_path.hpp"
#include "proxy/http/header_list.hpp"
#include "proxy/http/media_type.hpp"

#include <array>
#include <utility>

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

std::string_view type_by_ending(std::string_view path) noexcept {
    const std::string_view name = name_of(path);
    const auto dot = name.rfind('.');
    if (dot != name.npos)
        for (const Ending& each : endings)
            if (equals_ignoring_case(name.substr(dot + 1), each.extension))
                return each.type;
    return "application/octet-stream";
}

}  // namespace

std::optional<std::string> ContentTypes::add_rule(std::string_view text) {
    auto equals = text.find('=');
    while (equals != text.npos && !is_media_type(text.substr(equals + 1)))
        equals = text.find('=', equals + 1);
    if (equals == text.npos)
        return "not GLOB=TYPE with a media type, such as '**/*.rego=text/plain; charset=utf-8'";
    auto glob = Glob::parse(text.substr(0, equals));
    if (!glob)
        return std::string("not GLOB=TYPE: the glob ") + glob.error().reason;
    rules_.push_back({std::move(*glob), std::string(text.substr(equals + 1))});
    return std::nullopt;
}

std::string_view ContentTypes::of(std::string_view path) const noexcept {
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule)
        if (rule->glob.matches(path))
            return rule->type;
    return type_by_ending(path);
}

}  // namespace treecast::proxy
