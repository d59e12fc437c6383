// Finds the programs that `treecast serve` starts.
#pragma once

#include <string>

namespace treecast::client {

/// The program `name` in the directory of this one, else the first in PATH. Throws
/// StartupError(configuration) that names the places that were searched.
std::string find_program(const std::string& name);

}  // namespace treecast::client
