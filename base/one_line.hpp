// Makes text from elsewhere (paths, a server's words) safe to print as part of one line.
#pragma once

#include <string>
#include <string_view>

namespace treecast {

/// Control characters, line breaks and terminal escapes (C0, DEL, C1 in UTF-8) as `\xNN`, a
/// backslash as `\\`, bytes that are no UTF-8 as `\xNN`. Everything else stays.
std::string one_line(std::string_view text);

}  // namespace treecast
