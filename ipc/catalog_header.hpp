// Decodes the words of the catalog's header. Reads and writes the text on why the daemon is
// degraded. Shared by writer and readers.
//
// The text is longer than a word, so the header has two texts and a selector. The writer fills the
// text that is not selected and then selects it. A reader copies the selected text, and reads again
// if the selector has changed.
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
