// The weights in lists of what a client accepts (RFC 9110, 12.4.2). Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

inline constexpr unsigned weight_max = 1000;

/// The weight among the parameters of an element, in thousandths; 0: it is refused. It is
/// `weight_max` if there is none, or if it is malformed.
unsigned weight_of(std::string_view parameters) noexcept;

}  // namespace treecast::proxy
