// How long the client waits for a connection of any protocol before it takes it for failed.
#pragma once

namespace treecast::client {

inline constexpr long connect_timeout_s = 10;

}  // namespace treecast::client
