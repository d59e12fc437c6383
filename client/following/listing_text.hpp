// The lines of `treecast ls`. Pure.
#pragma once

#include "client/following/feed_listing.hpp"

#include <cstddef>
#include <string>

namespace treecast::client {

/// How wide the largest size is.
std::size_t size_width(const FeedListing::Files& files);

/// `MODE SIZE MTIME PATH`, and why the file is stale or unavailable. The path is written by
/// one_line(), the time in UTC. What is not known is `-`.
std::string
listing_line(const std::string& path, const FeedChange& file, std::size_t width_of_size);

}  // namespace treecast::client
