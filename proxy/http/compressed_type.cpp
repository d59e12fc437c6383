#include "proxy/http/compressed_type.hpp"

#include "proxy/http/header_list.hpp"

#include <algorithm>
#include <array>

namespace treecast::proxy {

namespace {

/// Of these kinds all but the exceptions below.
constexpr std::array compressed_kinds{
    std::string_view("audio/"),
    std::string_view("image/"),
    std::string_view("video/"),
};
constexpr std::array plain_types{
    std::string_view("audio/midi"),
    std::string_view("audio/wav"),
    std::string_view("audio/x-wav"),
    std::string_view("image/bmp"),
    std::string_view("image/svg+xml"),
    std::string_view("image/tiff"),
    std::string_view("image/vnd.microsoft.icon"),
    std::string_view("image/x-icon"),
};
constexpr std::array compressed_types{
    std::string_view("application/epub+zip"),
    std::string_view("application/gzip"),
    std::string_view("application/java-archive"),
    std::string_view("application/vnd.rar"),
    std::string_view("application/x-7z-compressed"),
    std::string_view("application/x-bzip2"),
    std::string_view("application/x-gzip"),
    std::string_view("application/x-xz"),
    std::string_view("application/zip"),
    std::string_view("application/zstd"),
    std::string_view("font/woff"),
    std::string_view("font/woff2"),
};

template <class List>
bool lists(const List& list, std::string_view type) noexcept {
    return std::ranges::any_of(list, [&](std::string_view each) {
        return equals_ignoring_case(each, type);
    });
}

}  // namespace

bool is_compressed_type(std::string_view type) noexcept {
    type = trim(type.substr(0, type.find(';')));
    const bool is_of_kind = std::ranges::any_of(compressed_kinds, [&](std::string_view kind) {
        return equals_ignoring_case(type.substr(0, kind.size()), kind);
    });
    return is_of_kind ? !lists(plain_types, type) : lists(compressed_types, type);
}

}  // namespace treecast::proxy
