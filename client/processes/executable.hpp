// Finds the programs that `treecast serve` starts.
#pragma once

#include <string>

namespace treecast::client {

/// The program `name` beside this one, else the first in PATH. Throws
/// StartupError(configuration) naming where it was looked for.
std::string find_program(const std::string& name);

}  // namespace treecast::client
