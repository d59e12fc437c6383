// The line that `treecast watch` prints for a change, with its line break. Pure.
#pragma once

#include "client/following/file_change.hpp"
#include "client/http/file_url.hpp"

#include <chrono>
#include <string>

namespace treecast::client {

/// `TIME EVENT PATH VERSION SIZE`: time in UTC with milliseconds, path by one_line(), size `-`
/// where there is no content.
std::string
human_line(const FileUrl& url, const FileChange& change, std::chrono::system_clock::time_point now);

/// `{"event":..,"url":..,"path":..,"version":..,"sha256":..,"size":..,"mtime":..}`; the last three
/// are null where there is no content, sha256 and mtime also where the server named none.
std::string json_line(const FileUrl& url, const FileChange& change);

}  // namespace treecast::client
