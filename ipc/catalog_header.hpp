// The words of the catalog's header, decoded; and the text that says why the daemon is degraded,
// written and read. Shared by writer and readers.
//
// The text is longer than a word, so there are two of them, and a selector: the writer fills the
// text that is not selected and then selects it. A reader that sees another selector after it has
// copied the text reads again.
#pragma once

#include "ipc/catalog_layout.hpp"

#include <string>
#include <string_view>

namespace treecast::ipc {

/// `words` are the first page of the catalog. Each word is loaded once.
CatalogHeader load_header(const Word* words);

std::string load_degraded(const Word* words);
/// "" when the daemon is not degraded; cut to `degraded_bytes_max`.
void store_degraded(Word* words, std::string_view why) noexcept;

}  // namespace treecast::ipc
