// Parses the query of `/v1/files/PATH`. Pure.
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
    std::optional<std::chrono::milliseconds> wait;  // not yet limited to --max-wait
};

/// Parses form-encoded `name=value` pairs; each name may occur once. Fills `query` and returns
/// nullopt, or returns the parameter that is refused and the reason.
std::optional<QueryRefusal> parse_file_query(std::string_view text, FileQuery& query);

}  // namespace treecast::proxy
