// GET /v1/changes?prefix=PREFIX: lists the files that exist, which is how a change feed begins.
//
// One answer contains the present state of all files whose path starts with PREFIX. Each request
// walks the whole catalog, which takes about a tenth of a second for a million files.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <string_view>

namespace treecast::proxy {

/// A listing of more files is refused, because the answer is held in memory as a whole.
inline constexpr std::size_t listed_files_max = 100'000;

void answer_changes(const Exchange& exchange, Attachment& attachment);

/// A null `catalog` means that none is attached. The answer is then 503, as it is before the first
/// scan is complete.
Response listing_response(
    std::string_view query,
    const ipc::CatalogReader* catalog,
    const AnswerContext& context,
    bool without_body
);

}  // namespace treecast::proxy
