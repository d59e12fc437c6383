// The members of `changes`, as JSON. Pure.
#pragma once

#include "proxy/feed/feed_page.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace treecast::proxy {

/// Objects with commas and newlines between them, without the brackets around all.
std::string changes_as_json(std::span<const ListedFile> files, std::uint64_t epoch);

}  // namespace treecast::proxy
