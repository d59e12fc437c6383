// The query of `/v1/files/PATH`. Pure.
#pragma once

#include "base/version.hpp"
#include "proxy/http/form_query.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

struct FileQuery {
    std::optional<Version> after;
    std::optional<std::chrono::milliseconds> wait;  // not yet cut to --max-wait
};

/// Form-decoded `name=value` pairs, each name at most once. Returns nullopt and fills `query`, or
/// says which parameter is refused and why.
std::optional<QueryRefusal> parse_file_query(std::string_view text, FileQuery& query);

}  // namespace treecast::proxy
