// Listening sockets. They are opened at the start, one for each worker, after a proof that no other
// server uses the address; or they are inherited, one for all workers.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/net/acceptor.hpp"
#include "proxy/net/listen_address.hpp"

#include <string>
#include <vector>

namespace treecast::proxy {

/// Throws StartupError(configuration) that begins with `listener` if the address can be reached
/// from other machines and `allow_anonymous` is not given.
void require_permission(
    const std::string& listener,
    const ListenAddress& address,
    bool allow_anonymous
);

/// One bound endpoint, with a non-blocking listening socket for each worker.
class Listener {
public:
    /// Throws StartupError(configuration) that names option and address if the address is in use,
    /// not ours, or not permitted. An exclusive bind first proves that the port is free, because a
    /// server that set SO_REUSEPORT would otherwise share it with us silently.
    Listener(const Endpoint& endpoint, unsigned workers);
    /// On an inherited socket, which is bound to the endpoint and listens.
    Listener(const Endpoint& endpoint, UniqueFd inherited, unsigned workers);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) = delete;
    /// Removes the file of a Unix socket that it has opened.
    ~Listener();

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    SocketOrigin origin() const noexcept { return origin_; }
    /// Moves out the socket of one worker. To be called once for each.
    UniqueFd take(unsigned worker) { return std::move(sockets_[worker]); }

private:
    void share(unsigned workers);

    Endpoint endpoint_;
    SocketOrigin origin_ = SocketOrigin::opened;
    std::string file_;  // of a Unix socket that was opened
    std::vector<UniqueFd> sockets_;
};

}  // namespace treecast::proxy
