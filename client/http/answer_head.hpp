// Reads the head of an answer, a line at a time. Pure.
#pragma once

#include "client/http/answer.hpp"

#include <string_view>

namespace treecast::client {

/// Adds what a line of the head says, with or without its CRLF. A status line begins anew: the head
/// of an interim answer (1xx) does not count. The status itself is not read.
void add_head_line(Answer& answer, std::string_view line);

}  // namespace treecast::client
