// Reads the head of an answer, a line at a time. Pure.
#pragma once

#include "client/http/answer.hpp"

#include <string_view>

namespace treecast::client {

/// Adds the information of one line of the head, with or without its CRLF. A status line starts a
/// new head, because the head of an interim answer (1xx) does not count. The status itself is not
/// parsed.
void add_head_line(Answer& answer, std::string_view line);

}  // namespace treecast::client
