// Listening sockets. They are opened at the start, one for each worker, after a proof that no other
// server uses the address.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/net/listen_address.hpp"

#include <string>
#include <vector>

namespace treecast::proxy {

/// One bound endpoint, with a non-blocking listening socket for each worker.
class Listener {
public:
    /// Throws StartupError(configuration) that names option and address if the address is in use,
    /// not ours, or not permitted. An exclusive bind first proves that the port is free, because a
    /// server that set SO_REUSEPORT would otherwise share it with us silently.
    Listener(const Endpoint& endpoint, unsigned workers);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) = delete;
    /// Removes a Unix socket's file.
    ~Listener();

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    /// Moves out the socket of one worker. To be called once for each.
    UniqueFd take(unsigned worker) { return std::move(sockets_[worker]); }

private:
    Endpoint endpoint_;
    std::string file_;  // of a Unix socket
    std::vector<UniqueFd> sockets_;
};

}  // namespace treecast::proxy
