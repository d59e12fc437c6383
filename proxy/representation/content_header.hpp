// The header fields of every answer that carries a file's content: 200 and 206, by GET and HEAD. A
// new one is added here. Pure.
//
// http/response_head.cpp has the fields of every answer, whatever it carries.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/coding.hpp"
#include "proxy/http/response_head.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// The fields that are the same in all answers with this version in this coding, and in the parts
/// of a feed's answers, as complete lines. They are built once. The hash of `record` must be known.
std::string fixed_content_fields(
    const ipc::Record& record,
    const Version& version,
    std::string_view content_type,
    Coding coding
);

/// Adds all fields of an answer: `fixed`, and those that depend on `now` (seconds since 1970).
void add_content_header(
    HeadBuilder& head,
    std::string_view fixed,
    const ipc::Record& record,
    std::int64_t now,
    Coding coding,
    bool varies_by_coding
);

}  // namespace treecast::proxy
