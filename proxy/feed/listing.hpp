// GET /v1/changes?prefix=PREFIX: what is there, as the change feed begins.
//
// The whole present state below a string prefix in one answer. Made anew for each request by a
// walk of the catalog, which takes about a tenth of a second for a million files.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <string_view>

namespace treecast::proxy {

/// More files than this are refused: the answer is held in memory as a whole.
inline constexpr std::size_t listed_files_max = 100'000;

void answer_changes(const Exchange& exchange, Attachment& attachment);

/// `catalog` is null while there is none: 503, as until the first scan is complete.
Response listing_response(
    std::string_view query,
    const ipc::CatalogReader* catalog,
    const AnswerContext& context,
    bool without_body
);

}  // namespace treecast::proxy
