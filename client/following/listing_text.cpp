#include "client/following/listing_text.hpp"

#include "base/one_line.hpp"
#include "base/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace treecast::client {

namespace {

bool is_present(const FeedChange& file) {
    return file.state == FeedChange::State::present;
}

std::string size_text(const FeedChange& file) {
    return is_present(file) ? std::to_string(file.size) : "-";
}

}  // namespace

std::size_t size_width(const FeedListing::Files& files) {
    std::size_t width = 1;
    for (const auto& [path, file] : files)
        width = std::max(width, size_text(file).size());
    return width;
}

std::string
listing_line(const std::string& path, const FeedChange& file, std::size_t width_of_size) {
    const bool has_content = is_present(file);
    auto line = fmt::format(
        "{:4} {:>{}} {:20} {}",
        has_content ? fmt::format("{:04o}", file.mode) : "-",
        size_text(file),
        width_of_size,
        has_content && file.mtime ? format_time(file.mtime->seconds) : "-",
        one_line(path)
    );
    if (!file.reason.empty())
        line +=
            fmt::format(" ({}: {})", has_content ? "stale" : "unavailable", one_line(file.reason));
    return line + '\n';
}

}  // namespace treecast::client
