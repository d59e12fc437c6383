// Makes the coding of a file's content, in the maker's thread.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/coding.hpp"
#include "proxy/source/made_contents.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace treecast::proxy {

/// The content of a version, for another thread than the worker's: a descriptor of its own, or a
/// copy.
struct PlainContent {
    UniqueFd segment{};
    std::string bytes{};  // without a segment
    std::uint64_t size = 0;
};

struct EncodedContent {
    std::shared_ptr<const MadeContent> content{};  // null: see `gains`
    bool gains = true;  // false: the coding is of no use for this content, now and later
};

/// A coding gains if it takes a tenth off.
constexpr std::uint64_t gaining_bytes_max(std::uint64_t size) noexcept {
    constexpr std::uint64_t part = 10;
    return size - (size + part - 1) / part;
}

/// Never takes more memory than a coding that gains. Samples are tried first, so that contents that
/// are compressed already cost little. Ends early, without a content, when `is_over`.
EncodedContent encode_content(
    const PlainContent& plain,
    Coding coding,
    MadeContents& contents,
    const std::function<bool()>& is_over
);

}  // namespace treecast::proxy
