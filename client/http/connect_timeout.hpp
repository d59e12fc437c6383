// The longest time to wait for a connection of any protocol.
#pragma once

namespace treecast::client {

inline constexpr long connect_timeout_s = 10;

}  // namespace treecast::client
