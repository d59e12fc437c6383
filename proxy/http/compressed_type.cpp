#include "proxy/http/compressed_type.hpp"

#include "proxy/http/header_list.hpp"

#include <algorithm>
#include <array>

namespace treecast::proxy {

namespace {

using namespace std::string_view_literals;

/// Kinds of types that are compressed, but for exceptions.
constexpr std::array compressed_kinds{"audio/"sv, "image/"sv, "video/"sv};
/// Of those kinds these are not; of all other kinds these are.
constexpr std::array exceptions{
    "application/epub+zip"sv,
    "application/gzip"sv,
    "application/java-archive"sv,
    "application/vnd.rar"sv,
    "application/x-7z-compressed"sv,
    "application/x-bzip2"sv,
    "application/x-gzip"sv,
    "application/x-xz"sv,
    "application/zip"sv,
    "application/zstd"sv,
    "audio/midi"sv,
    "audio/wav"sv,
    "audio/x-wav"sv,
    "font/woff"sv,
    "font/woff2"sv,
    "image/bmp"sv,
    "image/svg+xml"sv,
    "image/tiff"sv,
    "image/vnd.microsoft.icon"sv,
    "image/x-icon"sv,
};

}  // namespace

bool is_compressed_type(std::string_view type) noexcept {
    type = trim(type.substr(0, type.find(';')));
    const bool is_of_kind = std::ranges::any_of(compressed_kinds, [&](std::string_view kind) {
        return equals_ignoring_case(type.substr(0, kind.size()), kind);
    });
    const bool is_exception = std::ranges::any_of(exceptions, [&](std::string_view each) {
        return equals_ignoring_case(type, each);
    });
    return is_of_kind != is_exception;
}

}  // namespace treecast::proxy
