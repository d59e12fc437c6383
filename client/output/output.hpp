// Writes completely: each call writes all bytes or throws.
#pragma once

#include <string_view>

namespace treecast::client {

/// Throws std::system_error if standard output accepts no more.
void write_to_stdout(std::string_view text);

/// Throws std::system_error whose text begins with `what`.
void write_all(int target, std::string_view bytes, const char* what);

/// Copies `descriptor` from its beginning to its end. Throws std::system_error.
void copy_to(int descriptor, int target);

}  // namespace treecast::client
