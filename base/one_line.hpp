// Escapes foreign text (paths, a server's messages), so that it can be printed within one line.
#pragma once

#include <string>
#include <string_view>

namespace treecast {

/// Writes control characters (C0, DEL, C1 in UTF-8) and bytes that are not UTF-8 as `\xNN`, and a
/// backslash as `\\`. Keeps everything else.
std::string one_line(std::string_view text);

}  // namespace treecast
