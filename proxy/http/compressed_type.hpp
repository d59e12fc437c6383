// Media types whose contents are compressed already. Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

/// `type` may have parameters. False for what is not known: whether a coding gains shows then.
bool is_compressed_type(std::string_view type) noexcept;

}  // namespace treecast::proxy
